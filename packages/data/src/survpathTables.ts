import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Cohort, CohortCase, DataFinding } from './cohort.js';
import { SURVPATH } from './clinical/clinicalLayout.js';
import { readSurvival } from './clinical/readSurvival.js';
import type { ClinicalCase, Endpoint, Outcome, SurvivalTable } from './clinical/survivalTable.js';
import { fitTimeBins, timeBin } from './clinical/timeBins.js';
import { DataError } from './dataError.js';
import type { ExpressionTable } from './genes/expressionTable.js';
import { joinPathways, packPathways } from './genes/pathways.js';
import { readCaseRows } from './genes/readExpression.js';
import { applyScaling, fitGlobalScaling } from './genes/scaling.js';
import { readSignatures } from './genes/signatures.js';
import { syntheticPatches } from './syntheticPatches.js';
import { readTable } from './tables/textTable.js';

/** What is read of a folder of SurvPath tables. */
export interface SurvpathOptions {
  /** Default `dss`, which the published scripts train on. */
  readonly endpoint?: Endpoint;
  /** Which `<signatures>_signatures.csv`; default `combine`, the published one. */
  readonly signatures?: string;
  /** Which folder of raw_rna_data; default `xena`. */
  readonly rna?: string;
  /** Patch features are not public, so they are generated: their width, smallest and largest bag, seed. */
  readonly patchWidth?: number;
  readonly patches?: readonly [number, number];
  readonly seed?: number;
}

/**
 * A cohort from the SurvPath table layout (`datasets_csv/metadata`, `raw_rna_data`, signatures). Genes, slides
 * and outcomes are paired by case id; the published loader reads genes by row position, which gives most
 * patients somebody else's.
 *
 * @param folder the one that holds `datasets_csv`, or `datasets_csv` itself.
 * @throws DataError naming file, place and remedy for everything that is missing or malformed.
 */
export function readSurvpathCohort(folder: string, name: string, options: SurvpathOptions = {}): Cohort {
  const { endpoint = 'dss', signatures = 'combine', rna = 'xena', seed = 7 } = options;
  const { patchWidth = 768, patches = [4096, 4096] } = options;
  const root = tablesFolder(folder);
  const outcomes = readSurvival(readTable(metadataPath(root, name)), SURVPATH);
  const expression = readCaseRows(readTable(expressionPath(root, name, rna)));
  const signaturePath = join(root, 'metadata', `${signatures}_signatures.csv`);
  if (!existsSync(signaturePath)) throw new DataError(signaturePath, 'no such file');
  const signatureBytes = readFileSync(signaturePath);

  const { pathways, asked, measured } = joinPathways(
    readSignatures(signatureBytes, signaturePath),
    expression.genes,
    signaturePath,
  );
  const usable = withOutcome(outcomes, endpoint);
  const unusable = outcomes.excluded.filter((one) => one.endpoint === undefined || one.endpoint === endpoint);
  if (usable.length === 0) {
    const why = unusable[0] ? `: ${unusable[0].caseId} has ${unusable[0].reason} (${unusable[0].where})` : '';
    throw new DataError(outcomes.path, `no case has the endpoint ${endpoint}${why}`);
  }
  const paired = usable.filter(({ caseId }) => expression.cases.has(caseId));
  if (paired.length === 0) {
    throw new DataError(expression.path, `none of its cases is in ${outcomes.path}; are they of one cohort?`);
  }
  const scaling = fitGlobalScaling(paired.map(({ caseId }) => expression.cases.get(caseId)!));
  const edges = fitTimeBins(paired, 4, outcomes.path);
  const cases = paired.map(({ caseId, slideIds, timeMonths, event }): CohortCase => {
    const patchCount = patches[0] + (hash(caseId) % (patches[1] - patches[0] + 1));
    const recipe = { cohort: name, seed, width: patchWidth, shift: 0.4, signal: 0 };
    return {
      caseId,
      slideIds,
      timeMonths,
      event,
      bin: timeBin(timeMonths, edges, caseId),
      genes: packPathways(applyScaling(scaling, expression.cases.get(caseId)!), pathways),
      patchCount,
      patches: () => syntheticPatches(recipe, caseId, 0, patchCount),
    };
  });
  return {
    name,
    source: folder,
    synthetic: { cases: false, genes: false, patches: true, outcomes: false },
    pathways,
    patchWidth,
    edges,
    cases,
    digests: {
      [basename(outcomes.path)]: outcomes.sha256,
      [basename(expression.path)]: expression.sha256,
      [basename(signaturePath)]: createHash('sha256').update(signatureBytes).digest('hex'),
    },
    findings: [
      SYNTHETIC_PATCHES,
      ...unusable.map(({ where, caseId, reason }) => ({
        kind: 'case-excluded',
        title: `${caseId || 'A row'} has no usable ${endpoint}`,
        detail: `${reason} (${where})`,
      })),
      attrition(usable, expression, cases.length),
      {
        kind: 'pathway-coverage',
        title: `${measured} of ${asked} signature genes were measured`,
        detail: `${pathways.length} pathways of ${signatures} have 1 to ${Math.max(...pathways.map(({ genes }) => genes.length))} measured genes each.`,
      },
    ],
  };
}

const SYNTHETIC_PATCHES: DataFinding = {
  kind: 'synthetic-patches',
  title: 'The patch features are synthetic',
  detail:
    'Patch embeddings of TCGA are not public as files. Genes, pathways and outcomes are real; patches come from a generator.',
};

/** The folder `datasets_csv`. */
function tablesFolder(folder: string): string {
  const root = [join(folder, 'datasets_csv'), folder].find((path) => existsSync(join(path, 'metadata')));
  if (!root)
    throw new DataError(folder, 'no datasets_csv/metadata in it; expected the SurvPath table layout');
  return root;
}

function metadataPath(root: string, name: string): string {
  const path = join(root, 'metadata', `tcga_${name}.csv`);
  if (existsSync(path)) return path;
  throw new DataError(path, `no such file; cohorts there: ${cohortsIn(root).join(', ') || 'none'}`);
}

function expressionPath(root: string, name: string, rna: string): string {
  const path = join(root, 'raw_rna_data', rna, name, 'rna_clean.csv');
  if (existsSync(path)) return path;
  const others = cohortsIn(root).filter((other) => hasExpression(root, other, rna));
  throw new DataError(
    path,
    `no expression table for ${name}, so its cases have no genes; cohorts with one: ${others.join(', ') || 'none'}`,
  );
}

function hasExpression(root: string, name: string, rna: string): boolean {
  return existsSync(join(root, 'raw_rna_data', rna, name, 'rna_clean.csv'));
}

function cohortsIn(root: string): string[] {
  return readdirSync(join(root, 'metadata'))
    .map((file) => /^tcga_(\w+)\.csv$/.exec(file)?.[1])
    .filter((name) => name !== undefined);
}

/** Cases with the endpoint, in the order of the table. */
function withOutcome(
  { cases }: SurvivalTable,
  endpoint: Endpoint,
): (Pick<ClinicalCase, 'caseId' | 'slideIds'> & Outcome)[] {
  return [...cases.values()].flatMap(({ caseId, slideIds, outcomes }) => {
    const outcome = outcomes[endpoint];
    return outcome ? [{ caseId, slideIds, ...outcome }] : [];
  });
}

function attrition(
  usable: readonly { readonly caseId: string }[],
  expression: ExpressionTable,
  kept: number,
): DataFinding {
  const known = new Set(usable.map(({ caseId }) => caseId));
  const withoutGenes = [...known].filter((caseId) => !expression.cases.has(caseId));
  const withoutOutcome = [...expression.cases.keys()].filter((caseId) => !known.has(caseId));
  const list = (cases: string[]) =>
    cases.length ? `${cases.length} (${cases.slice(0, 5).join(', ')})` : '0';
  return {
    kind: 'attrition',
    title: `${kept} cases have outcome and genes`,
    detail: `Without genes: ${list(withoutGenes)}. Without outcome: ${list(withoutOutcome)}. Paired by case id.`,
  };
}

/** A small repeatable number of a barcode. */
function hash(text: string): number {
  return [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
}

/** Cohorts of a folder of tables, and what keeps each from being used. */
export function listSurvpathCohorts(folder: string): { name: string; missing?: string }[] {
  const root = tablesFolder(folder);
  return cohortsIn(root).map((name) =>
    hasExpression(root, name, 'xena') ? { name } : { name, missing: 'no expression table (raw_rna_data)' },
  );
}
