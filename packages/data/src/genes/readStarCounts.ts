import { createHash } from 'node:crypto';
import { DataError } from '../dataError.js';
import { parseTable } from '../tables/textTable.js';
import type { ExpressionTable, ExpressionUnit } from './expressionTable.js';

/** Which of the file's numbers to read. */
export type StarMeasure = 'counts' | 'tpm' | 'fpkm' | 'fpkm-uq';

/**
 * What becomes of several Ensembl genes with one symbol: their `sum` (fit for counts and TPM), or the one
 * with the `highest-mean` over all cases.
 */
export type SymbolRule = 'sum' | 'highest-mean';

/** One file of the GDC, and the sample that it was made from. */
export interface StarFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Full aliquot or sample barcode, at least to the sample type: TCGA-2F-A9KO-01A… */
  readonly barcode: string;
}

export interface StarOptions {
  readonly measure?: StarMeasure;
  readonly symbols?: SymbolRule;
  /** Sample types to keep; default primary tumours, and metastases for SKCM by asking for `06`. */
  readonly sampleTypes?: readonly string[];
}

const COLUMN: Readonly<Record<StarMeasure, string>> = {
  counts: 'unstranded',
  tpm: 'tpm_unstranded',
  fpkm: 'fpkm_unstranded',
  'fpkm-uq': 'fpkm_uq_unstranded',
};

const HEADER =
  'gene_id gene_name gene_type unstranded stranded_first stranded_second tpm_unstranded fpkm_unstranded fpkm_uq_unstranded';

/** Rows of reads that belong to no gene; always there, in this order, before the genes. */
const UNASSIGNED = ['N_unmapped', 'N_multimapping', 'N_noFeature', 'N_ambiguous'];

/**
 * A matrix from the GDC's `*.rna_seq.augmented_star_gene_counts.tsv` files, by gene symbol. One aliquot a
 * case: the lowest vial, then the highest plate; the others are named in `notes`, as are merged symbols.
 *
 * @throws DataError for a file without the expected header and its four rows of unassigned reads, whose genes
 *   stand in another order than in the first file, with a malformed number, or of a malformed barcode.
 * @source GDC docs, mRNA analysis pipeline; gene model GENCODE v36.
 */
export function readStarCounts(
  files: readonly StarFile[],
  { measure = 'tpm', symbols = 'sum', sampleTypes = ['01'] }: StarOptions = {},
): ExpressionTable {
  const { chosen, notes } = chooseAliquots(files, sampleTypes);
  let ids: readonly string[] | undefined;
  let names: readonly string[] = [];
  const byCase = new Map<string, Float64Array>();
  const digest = createHash('sha256');
  for (const [caseId, file] of chosen) {
    const table = openStarFile(file);
    const own = table.column('gene_id');
    if (ids && own.some((id, i) => id !== ids![i])) {
      throw new DataError(
        file.path,
        'its genes stand in another order than in the first file; are the releases mixed?',
      );
    }
    ids = own;
    names = table.column('gene_name');
    const cells = table.column(COLUMN[measure]);
    const values = new Float64Array(cells.length - UNASSIGNED.length);
    for (let i = 0; i < values.length; i++) {
      const cell = cells[i + UNASSIGNED.length]!;
      const value = Number(cell);
      if (cell.trim() === '' || !Number.isFinite(value) || value < 0) {
        const problem = `${COLUMN[measure]} of ${own[i + UNASSIGNED.length]} is "${cell}"`;
        throw new DataError(table.where(i + UNASSIGNED.length), `${problem}, expected a number from 0`);
      }
      values[i] = value;
    }
    byCase.set(caseId, values);
    digest.update(table.sha256);
  }
  const merged = mergeSymbols(names.slice(UNASSIGNED.length), byCase, symbols);
  return {
    path: files[0]!.path,
    sha256: digest.digest('hex'),
    unit: measure satisfies ExpressionUnit,
    genes: merged.genes,
    cases: merged.cases,
    notes: [...notes, ...merged.notes],
  };
}

function openStarFile({ path, bytes }: StarFile) {
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  const body = text.startsWith('#') ? text.slice(text.indexOf('\n') + 1) : text;
  const table = parseTable(Buffer.from(body), path, { delimiter: '\t' });
  if (table.names.join(' ') !== HEADER) {
    throw new DataError(
      path,
      `its columns are ${table.names.join(', ')}; expected a STAR counts file of the GDC`,
    );
  }
  const first = table.column('gene_id').slice(0, UNASSIGNED.length);
  if (first.join() !== UNASSIGNED.join()) {
    throw new DataError(path, `its first rows are ${first.join(', ')}; expected ${UNASSIGNED.join(', ')}`);
  }
  return table;
}

function chooseAliquots(files: readonly StarFile[], sampleTypes: readonly string[]) {
  const notes: string[] = [];
  const chosen = new Map<string, StarFile>();
  const ranked = files.map((file) => ({ file, ...aliquot(file) }));
  ranked.sort(
    (a, b) => compare(a.vial, b.vial) || compare(b.plate, a.plate) || compare(a.file.barcode, b.file.barcode),
  );
  for (const { file, caseId, sampleType } of ranked) {
    if (!sampleTypes.includes(sampleType)) notes.push(`${file.barcode}: sample type ${sampleType} left out`);
    else if (chosen.has(caseId)) notes.push(`${file.barcode}: left out for ${chosen.get(caseId)!.barcode}`);
    else chosen.set(caseId, file);
  }
  if (chosen.size === 0) {
    throw new DataError(files[0]?.path ?? 'STAR counts', `no file of sample type ${sampleTypes.join(', ')}`);
  }
  return { chosen, notes };
}

function aliquot({ barcode, path }: StarFile) {
  const parts = /^(TCGA-[0-9A-Z]{2}-[0-9A-Z]{4})-(\d{2})([A-Z]?)(?:-\d{2}[A-Z](?:-([0-9A-Z]{4}))?)?/.exec(
    barcode.toUpperCase(),
  );
  if (!parts) throw new DataError(path, `${barcode} is no sample or aliquot barcode, as TCGA-2F-A9KO-01A`);
  return { caseId: parts[1]!, sampleType: parts[2]!, vial: parts[3]!, plate: parts[4] ?? '' };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** One column a symbol, by a named rule; the order is that of each symbol's first gene. */
function mergeSymbols(names: readonly string[], cases: ReadonlyMap<string, Float64Array>, rule: SymbolRule) {
  const columns = new Map<string, number[]>();
  names.forEach((name, i) => columns.set(name, [...(columns.get(name) ?? []), i]));
  const groups = [...columns.values()].map((group) => (rule === 'sum' ? group : [highest(group, cases)]));
  const merged = new Map<string, Float64Array>();
  for (const [caseId, values] of cases) {
    merged.set(
      caseId,
      Float64Array.from(groups, (group) => group.reduce((sum, i) => sum + values[i]!, 0)),
    );
  }
  const repeated = [...columns.values()].filter((group) => group.length > 1).length;
  const notes = repeated ? [`${repeated} symbols stand for several genes; rule: ${rule}`] : [];
  return { genes: [...columns.keys()], cases: merged, notes };
}

function highest(group: readonly number[], cases: ReadonlyMap<string, Float64Array>): number {
  const total = (i: number) => [...cases.values()].reduce((sum, values) => sum + values[i]!, 0);
  return group.length === 1 ? group[0]! : group.reduce((best, i) => (total(i) > total(best) ? i : best));
}
