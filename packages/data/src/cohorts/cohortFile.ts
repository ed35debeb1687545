import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Ajv, type JSONSchemaType } from 'ajv';
import { parseDocument } from 'yaml';
import { ENDPOINTS, type Endpoint } from '../clinical/survivalTable.js';
import { DataError } from '../dataError.js';
import type { StarMeasure, SymbolRule } from '../genes/readStarCounts.js';
import type { LogTransform } from '../genes/transform.js';

/** Layouts that outcomes can be read from. */
export const OUTCOME_LAYOUTS = ['survpath', 'porpoise', 'rtcga', 'tcga-cdr', 'hif2gene', 'gdc'] as const;
/** Layouts that genes can be read from. */
export const GENE_LAYOUTS = ['case-rows', 'porpoise', 'xena', 'star-counts'] as const;
/** Layouts that histology can be read from. */
export const HISTOLOGY_LAYOUTS = [
  'packed',
  'hif2gene',
  'patch-maps',
  'pathologist-reads',
  'synthetic',
] as const;

/** What a cohort is made of; paths are relative to the file. */
export interface CohortFile {
  /** TCGA study in lower case, as `brca`; any name for another cohort. */
  readonly name: string;
  readonly outcomes: {
    readonly layout: (typeof OUTCOME_LAYOUTS)[number];
    readonly file: string;
    readonly endpoint: Endpoint;
    /** A second source of the same cases: what the two disagree on is reported. */
    readonly compare?: { readonly layout: (typeof OUTCOME_LAYOUTS)[number]; readonly file: string };
  };
  readonly genes: {
    readonly layout: (typeof GENE_LAYOUTS)[number];
    /** The table; of `star-counts` the portal's sample sheet. */
    readonly file: string;
    /** Of `star-counts`: where its files were downloaded to. */
    readonly folder?: string;
    /** Of `star-counts`: which numbers to read, default `tpm`. */
    readonly measure?: StarMeasure;
    /** Of `star-counts`: what becomes of several genes of one symbol, default `sum`. */
    readonly symbols?: SymbolRule;
    /** Of `star-counts` and `xena`: sample types by their code, default `01`; `06` for metastases. */
    readonly sampleTypes?: readonly string[];
    readonly transform?: LogTransform;
    /** Default `global-min-max`, the published one. */
    readonly scaling?: 'global-min-max' | 'z-score' | 'none';
    /** Signatures, CSV or GMT; absent: all genes are one pathway. */
    readonly pathways?: string;
    /** Signatures with fewer measured genes are left out; default: a signature without any is an error. */
    readonly smallestPathway?: number;
  };
  readonly histology: {
    readonly layout: (typeof HISTOLOGY_LAYOUTS)[number];
    /** File or folder; none for `synthetic`. */
    readonly file?: string;
    /** Channels of patch maps, when they are not those of the cohort's name. */
    readonly channels?: 'brca' | 'blca';
    readonly fill?: 'refuse' | 'zero' | 'median';
  };
  /** Tables of stage, grade and subtype; the first that has a value of a case gives it. */
  readonly attributes?: readonly string[];
  /** Time bins; default 4. */
  readonly bins?: number;
  /** True where the files come from a generator: everything made of them says so. */
  readonly synthetic?: boolean;
}

const optionalText = { type: 'string', nullable: true } as const;

const SCHEMA: JSONSchemaType<CohortFile> = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'outcomes', 'genes', 'histology'],
  properties: {
    name: { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]*$' },
    outcomes: {
      type: 'object',
      additionalProperties: false,
      required: ['layout', 'file', 'endpoint'],
      properties: {
        layout: { type: 'string', enum: OUTCOME_LAYOUTS },
        file: { type: 'string', minLength: 1 },
        endpoint: { type: 'string', enum: ENDPOINTS },
        compare: {
          type: 'object',
          nullable: true,
          additionalProperties: false,
          required: ['layout', 'file'],
          properties: {
            layout: { type: 'string', enum: OUTCOME_LAYOUTS },
            file: { type: 'string', minLength: 1 },
          },
        },
      },
    },
    genes: {
      type: 'object',
      additionalProperties: false,
      required: ['layout', 'file'],
      properties: {
        layout: { type: 'string', enum: GENE_LAYOUTS },
        file: { type: 'string', minLength: 1 },
        folder: optionalText,
        measure: { type: 'string', enum: ['counts', 'tpm', 'fpkm', 'fpkm-uq'], nullable: true },
        symbols: { type: 'string', enum: ['sum', 'highest-mean'], nullable: true },
        sampleTypes: {
          type: 'array',
          items: { type: 'string', pattern: '^[0-9]{2}$' },
          minItems: 1,
          nullable: true,
        },
        transform: { type: 'string', enum: ['log2(x+1)', 'log2(x+0.001)'], nullable: true },
        scaling: { type: 'string', enum: ['global-min-max', 'z-score', 'none'], nullable: true },
        pathways: optionalText,
        smallestPathway: { type: 'integer', minimum: 1, nullable: true },
      },
    },
    histology: {
      type: 'object',
      additionalProperties: false,
      required: ['layout'],
      properties: {
        layout: { type: 'string', enum: HISTOLOGY_LAYOUTS },
        file: optionalText,
        channels: { type: 'string', enum: ['brca', 'blca'], nullable: true },
        fill: { type: 'string', enum: ['refuse', 'zero', 'median'], nullable: true },
      },
    },
    attributes: { type: 'array', items: { type: 'string', minLength: 1 }, nullable: true },
    bins: { type: 'integer', minimum: 2, maximum: 64, nullable: true },
    synthetic: { type: 'boolean', nullable: true },
  },
};

const validate = new Ajv({ allErrors: true }).compile(SCHEMA);

/**
 * Read a cohort file (YAML or JSON); its paths come back absolute.
 *
 * @throws DataError naming each entry that is missing, unknown or of another kind than expected.
 */
export async function readCohortFile(path: string): Promise<CohortFile> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const known: Record<string, string> = {
      ENOENT: 'no such file',
      EISDIR: 'is a folder; name the cohort file in it, a .yaml',
    };
    throw new DataError(path, known[error.code ?? ''] ?? error.message);
  });
  if (text.trim() === '')
    throw new DataError(path, 'is empty; a cohort file names outcomes, genes, histology');
  const document = parseDocument(text);
  const fault = document.errors[0];
  if (fault) throw new DataError(path, fault.message);
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  if (!validate(value)) throw new DataError(path, (validate.errors ?? []).map(explain).join('; '));
  const { outcomes, genes, histology } = value;
  if (histology.layout !== 'synthetic' && !histology.file) {
    throw new DataError(path, `histology of layout ${histology.layout} needs a file or folder`);
  }
  if (genes.layout === 'star-counts' && !genes.folder) {
    throw new DataError(
      path,
      'genes of layout star-counts need the folder that the files were downloaded to',
    );
  }
  const here = (file: string) => resolve(dirname(path), file);
  return {
    ...value,
    outcomes: {
      ...outcomes,
      file: here(outcomes.file),
      ...(outcomes.compare && { compare: { ...outcomes.compare, file: here(outcomes.compare.file) } }),
    },
    genes: {
      ...genes,
      file: here(genes.file),
      ...(genes.folder && { folder: here(genes.folder) }),
      ...(genes.pathways && { pathways: here(genes.pathways) }),
    },
    histology: { ...histology, ...(histology.file && { file: here(histology.file) }) },
    ...(value.attributes && { attributes: value.attributes.map(here) }),
  };
}

function explain({
  instancePath,
  message,
  params,
}: {
  instancePath: string;
  message?: string;
  params: Record<string, unknown>;
}): string {
  const place = instancePath.slice(1).replaceAll('/', '.') || 'the file';
  const allowed = params['allowedValues'] ?? params['additionalProperty'];
  const detail = Array.isArray(allowed) ? allowed.join(', ') : typeof allowed === 'string' ? allowed : '';
  return `${place} ${message ?? 'is wrong'}${detail && `: ${detail}`}`;
}
