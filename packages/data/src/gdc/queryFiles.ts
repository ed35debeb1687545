import type { GdcConnection } from './connection.js';
import { fileNameProblem } from './fileName.js';
import { allOf, compareField, isOneOf, type GdcFilter } from './filter.js';
import type { Manifest, ManifestEntry } from './manifest.js';
import { asRecord, queryGdc, type GdcHits, type GdcRecord, type QueryOptions } from './query.js';
import { isUuid } from './uuid.js';

/** Which files of which projects. */
export interface FilesWanted {
  /** Such as TCGA-BLCA. */
  readonly projects: readonly string[];
  /** Default open: what needs no token. */
  readonly access?: 'open' | 'controlled' | 'any';
  /** `data_type`, such as `Gene Expression Quantification` or `Slide Image`. */
  readonly dataTypes?: readonly string[];
  /** `analysis.workflow_type`, such as `STAR - Counts`. */
  readonly workflows?: readonly string[];
  /** `experimental_strategy`, such as `Diagnostic Slide`. */
  readonly strategies?: readonly string[];
  /** Anything else, on top. */
  readonly filter?: GdcFilter;
}

/** A sample that a file is about. */
export interface FileSample {
  readonly barcode?: string;
  readonly type?: string;
}

/** A file of the GDC with what it is about. */
export interface GdcFile {
  readonly id: string;
  readonly filename: string;
  readonly md5?: string;
  readonly size?: number;
  readonly state?: string;
  readonly access?: string;
  readonly dataType?: string;
  readonly strategy?: string;
  readonly workflow?: string;
  readonly cases: readonly {
    readonly barcode?: string;
    readonly project?: string;
    readonly samples: readonly FileSample[];
  }[];
}

/** All files that match. */
export interface GdcFiles {
  readonly files: readonly GdcFile[];
  readonly warnings: readonly string[];
  /** Records that cannot be used, with the reason. */
  readonly refused: readonly RefusedFile[];
}

/** A record that is no file which could be asked for. */
export interface RefusedFile {
  readonly id: string;
  readonly problem: string;
}

const FIELDS = [
  ...['file_id', 'file_name', 'md5sum', 'file_size', 'state', 'access', 'data_type', 'experimental_strategy'],
  ...['analysis.workflow_type', 'cases.submitter_id', 'cases.project.project_id'],
  ...['cases.samples.submitter_id', 'cases.samples.sample_type'],
];

/**
 * All files of some projects, open access unless asked otherwise.
 *
 * @throws DataError for an empty list; GdcError as `queryGdc` does.
 */
export async function queryFiles(
  connection: GdcConnection,
  wanted: FilesWanted,
  options: QueryOptions = {},
): Promise<GdcFiles> {
  const { projects, access = 'open', dataTypes, workflows, strategies } = wanted;
  const filter = allOf(
    isOneOf('cases.project.project_id', projects),
    ...(access === 'any' ? [] : [compareField('access', '=', access)]),
    ...(dataTypes ? [isOneOf('data_type', dataTypes)] : []),
    ...(workflows ? [isOneOf('analysis.workflow_type', workflows)] : []),
    ...(strategies ? [isOneOf('experimental_strategy', strategies)] : []),
    ...(wanted.filter ? [wanted.filter] : []),
  );
  const { hits, warnings } = await queryGdc(
    connection,
    { endpoint: 'files', filter, fields: FIELDS },
    options,
  );
  const read = hits.map(readFile);
  return {
    files: read.filter((file): file is GdcFile => !('problem' in file)),
    refused: read.filter((file): file is RefusedFile => 'problem' in file),
    warnings,
  };
}

/** Files that were asked for as a manifest, to be downloaded or kept. */
export function manifestOfFiles(files: readonly GdcFile[], source: string): Manifest {
  const entries = files.map((file, i): ManifestEntry => {
    const extra = [
      ['project_id', unique(file.cases.map(({ project }) => project))],
      ['case_ids', unique(file.cases.map(({ barcode }) => barcode))],
      ['data_type', file.dataType ?? ''],
    ] as const;
    const { id, filename, md5, size, state } = file;
    return {
      ...{ id, filename, line: i + 2 },
      ...(md5 !== undefined && { md5 }),
      ...(size !== undefined && { size }),
      ...(state !== undefined && { state }),
      extra: new Map(extra.filter(([, value]) => value !== '')),
    };
  });
  return { source, entries, notes: [] };
}

/**
 * Cases of some projects with everything clinical: demographic, diagnoses with treatments, follow-ups. Records
 * stay as the GDC sends them, which is also what its portal's clinical JSON has.
 */
export async function queryClinical(
  connection: GdcConnection,
  projects: readonly string[],
  options: QueryOptions = {},
): Promise<GdcHits> {
  const expand = ['project', 'demographic', 'diagnoses', 'diagnoses.treatments', 'follow_ups'];
  // These are wide records: fewer of them at a time.
  return queryGdc(connection, { ...casesOf(projects), expand, pageSize: 200 }, options);
}

/** Cases of some projects: barcode, project, site and type of the disease, samples. */
export async function queryCases(
  connection: GdcConnection,
  projects: readonly string[],
  options: QueryOptions = {},
): Promise<GdcHits> {
  const fields = [
    ...['case_id', 'submitter_id', 'project.project_id', 'primary_site', 'disease_type'],
    ...['samples.submitter_id', 'samples.sample_type'],
  ];
  return queryGdc(connection, { ...casesOf(projects), fields }, options);
}

function casesOf(projects: readonly string[]) {
  return { endpoint: 'cases', filter: isOneOf('project.project_id', projects) } as const;
}

function readFile(hit: GdcRecord): GdcFile | RefusedFile {
  const id = text(hit['file_id']) ?? text(hit['id']) ?? '';
  const filename = text(hit['file_name']) ?? '';
  const md5 = text(hit['md5sum'])?.toLowerCase();
  const size = hit['file_size'];
  if (!isUuid(id)) return { id, problem: 'its id is no UUID' };
  const refused = fileNameProblem(filename);
  if (refused) return { id, problem: `its file name is refused: ${refused}` };
  if (md5 !== undefined && !/^[0-9a-f]{32}$/.test(md5)) return { id, problem: 'its md5sum is no MD5' };
  if (size !== undefined && size !== null && !(Number.isSafeInteger(size) && (size as number) >= 0)) {
    return { id, problem: 'its file_size is no number of bytes' };
  }
  const facts = {
    state: text(hit['state']),
    access: text(hit['access']),
    dataType: text(hit['data_type']),
    strategy: text(hit['experimental_strategy']),
    workflow: text(asRecord(hit['analysis'])['workflow_type']),
  };
  return {
    ...{ id: id.toLowerCase(), filename },
    ...(md5 !== undefined && { md5 }),
    ...(typeof size === 'number' && { size }),
    ...present(facts),
    cases: list(hit['cases']).map((one) => ({
      ...present({
        barcode: text(one['submitter_id']),
        project: text(asRecord(one['project'])['project_id']),
      }),
      samples: list(one['samples']).map((sample) =>
        present({ barcode: text(sample['submitter_id']), type: text(sample['sample_type']) }),
      ),
    })),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function list(value: unknown): GdcRecord[] {
  return Array.isArray(value) ? value.map(asRecord) : [];
}

function unique(values: readonly (string | undefined)[]): string {
  return [...new Set(values.filter((value) => value !== undefined))].join(',');
}

function present<T extends Readonly<Record<string, string | undefined>>>(
  facts: T,
): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: string;
  };
}
