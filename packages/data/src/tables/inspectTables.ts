import { basename } from 'node:path';
import type { BagFinding } from '../bags/inspectBags.js';
import { readAttributes } from '../clinical/caseAttributes.js';
import { TCGA_CDR_SHEET } from '../clinical/clinicalLayout.js';
import { compareSurvival } from '../clinical/compareSurvival.js';
import { readGdcClinical } from '../clinical/gdcClinical.js';
import { readSurvival } from '../clinical/readSurvival.js';
import { rowsOutOfOrder } from '../clinical/rowOrder.js';
import { ENDPOINTS, type SurvivalTable } from '../clinical/survivalTable.js';
import { checkLeakage } from '../cohorts/leakage.js';
import { readSplit } from '../cohorts/splits.js';
import { DataError } from '../dataError.js';
import type { ExpressionTable } from '../genes/expressionTable.js';
import { readCaseRows, readPorpoiseAssay } from '../genes/readExpression.js';
import { readStarCounts } from '../genes/readStarCounts.js';
import { readXena } from '../genes/readXena.js';
import { readHif2gene } from '../histology/hif2gene.js';
import { readPathologistReads } from '../histology/pathologistReads.js';
import { unpacked } from './tableFile.js';
import { isWorkbook, readWorkbook, sheetNames } from './xlsxTable.js';
import { outcomeLayout, tableKind, type TableKind } from './tableKind.js';
import { parseTable, type TextTable } from './textTable.js';

/** One table, looked at. */
export interface TableReport {
  readonly path: string;
  readonly kind?: TableKind;
  readonly rows?: number;
  readonly columns?: number;
}

export interface TableInspection {
  readonly tables: readonly TableReport[];
  /** `slide` is the table's name. */
  readonly findings: readonly BagFinding[];
}

export interface InspectTablesOptions {
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number, name: string) => void;
}

type Note = (kind: string, severity: BagFinding['severity'], text: string) => void;

/** Cases in rising order with times in rising order: so many are no chance. */
const SORTED_CASES = 12;

/**
 * Look at tables of outcomes, expression, features and splits for what breaks or falsifies a training: what cannot
 * be read, NaN and text among numbers, one case with two outcomes or with the numbers of another, ids that were
 * sorted without their times (told within one table, and between two of the same cases), splits that leak. What a
 * table is, its columns say; of any other only the form is looked at.
 */
export async function inspectTables(
  paths: readonly string[],
  { signal, progress }: InspectTablesOptions = {},
): Promise<TableInspection> {
  const tables: TableReport[] = [];
  const findings: BagFinding[] = [];
  const outcomes: SurvivalTable[] = [];
  for (const [i, path] of paths.entries()) {
    signal?.throwIfAborted();
    progress?.(i, paths.length, basename(path));
    const note: Note = (kind, severity, text) =>
      findings.push({ kind, severity, slide: basename(path), path, text });
    tables.push(await inspectTable(path, note, outcomes));
  }
  return { tables, findings: [...findings, ...between(outcomes)] };
}

async function inspectTable(path: string, note: Note, outcomes: SurvivalTable[]): Promise<TableReport> {
  let report: TableReport = { path };
  /** Go on with the next look where one finds the table broken. */
  const attempt = (kind: string, look: () => void) => {
    try {
      look();
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      note(kind, 'problem', error.message.replace(path, '').replace(/^[,:]\s*/, ''));
    }
  };
  let bytes: Uint8Array | undefined;
  let table: TextTable | undefined;
  try {
    if (await isWorkbook(path)) {
      const sheets = await sheetNames(path);
      const resource = sheets.includes(TCGA_CDR_SHEET);
      if (!resource && sheets.length > 1) {
        note('not-looked-at', 'warning', `${sheets.length} sheets; save the one that is meant as CSV`);
        return report;
      }
      table = await readWorkbook(path, resource ? TCGA_CDR_SHEET : undefined);
    } else bytes = await unpacked(path);
    if (bytes && isStarCounts(bytes)) {
      // Whose sample it is, only the sample sheet knows; the content does not depend on it.
      readStarCounts([{ path, bytes, barcode: 'TCGA-ZZ-0000-01A' }]);
      return { path, kind: 'star-counts' };
    }
    if (bytes && !/\.json$/i.test(path)) table = parseTable(bytes, path);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    note('table-unreadable', 'problem', error.message.replace(path, '').replace(/^[,:]\s*/, ''));
    return report;
  }
  const kind = table ? tableKind(table) : 'gdc-clinical';
  report = { path, kind, ...(table && { rows: table.rows, columns: table.names.length }) };
  const layout = table && outcomeLayout(kind, table);
  if (layout) {
    attempt('outcomes', () => outcomes.push(lookAtOutcomes(readSurvival(table!, layout), note)));
  } else if (kind === 'gdc-clinical') {
    attempt('outcomes', () => outcomes.push(lookAtOutcomes(readGdcClinical(bytes!, path), note)));
  }
  if (table) attempt(CONTENT[kind] ?? 'content', () => lookAtContent(table!, kind, note));
  return report;
}

/** They begin with a remark, as no other table does. */
function isStarCounts(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 14)).toString('latin1') === '# gene-model: ';
}

const CONTENT: Partial<Record<TableKind, string>> = {
  expression: 'expression',
  xena: 'expression',
  porpoise: 'expression',
  hif2gene: 'features',
  'pathologist-reads': 'features',
};

function lookAtContent(table: TextTable, kind: TableKind, note: Note): void {
  if (kind === 'expression') lookAtExpression(readCaseRows(table), note);
  if (kind === 'xena') lookAtExpression(readXena(table, 'unstated'), note);
  if (kind === 'porpoise') lookAtExpression(readPorpoiseAssay(table, 'rnaseq'), note);
  if (kind === 'hif2gene') {
    const { blanks } = readHif2gene(table);
    if (blanks > 0) note('blank-features', 'warning', `${blanks} features are blank; say how to fill them`);
  }
  if (kind === 'pathologist-reads') {
    for (const cohort of new Set(table.column('cohort'))) readPathologistReads(table, cohort);
  }
  if (kind === 'attributes') lookAtAttributes(table, note);
  if (kind === 'split') {
    for (const { kind: leak, title } of checkLeakage(readSplit(table))) note(leak, 'problem', title);
  }
}

function lookAtAttributes(table: TextTable, note: Note): void {
  const { contradictions, strange } = readAttributes(table);
  for (const field of ['stage', 'grade'] as const) {
    const found = strange.filter((one) => one.field === field);
    if (found.length === 0) continue;
    const examples = found.slice(0, 5).map(({ value, cases }) => `${value} (${cases})`);
    note('other-column', 'warning', `what stands in ${field} is no ${field}: ${examples.join(', ')}`);
  }
  if (contradictions.length > 0) {
    const { caseId, field, values } = contradictions[0]!;
    const first = `the first: ${caseId}, ${field} ${values.join(' and ')}`;
    note('contradiction', 'warning', `rows of one case differ in ${contradictions.length} places, ${first}`);
  }
}

function lookAtOutcomes(table: SurvivalTable, note: Note): SurvivalTable {
  const reasons = new Map<string, string[]>();
  for (const { caseId, reason, endpoint } of table.excluded) {
    const why = `${reason}${endpoint ? ` (${endpoint})` : ''}`;
    reasons.set(why, [...(reasons.get(why) ?? []), caseId || 'a row']);
  }
  for (const [reason, cases] of reasons) {
    note('left-out', 'warning', `${cases.length} cases would be left out: ${reason}; ${some(cases)}`);
  }
  const slides = new Map<string, string>();
  for (const { caseId, slideIds } of table.cases.values()) {
    for (const slide of slideIds) {
      const other = slides.get(slide);
      if (other !== undefined) note('duplicate', 'problem', `slide ${slide} is of ${other} and of ${caseId}`);
      slides.set(slide, caseId);
    }
  }
  for (const endpoint of ENDPOINTS) {
    const followed = [...table.cases.values()].flatMap(({ caseId, outcomes }) =>
      outcomes[endpoint] ? [{ caseId, time: outcomes[endpoint].timeMonths }] : [],
    );
    const rising = (value: (one: (typeof followed)[number]) => string | number) =>
      followed.every((one, i) => i === 0 || value(followed[i - 1]!) <= value(one));
    const varies = new Set(followed.map(({ time }) => time)).size > SORTED_CASES / 2;
    if (
      followed.length >= SORTED_CASES &&
      varies &&
      rising((one) => one.caseId) &&
      rising((one) => one.time)
    ) {
      const text = `ids and times of ${endpoint} both rise over ${followed.length} cases: one was sorted without the other`;
      note('rows-out-of-order', 'problem', text);
    }
  }
  return table;
}

function lookAtExpression({ cases, genes }: ExpressionTable, note: Note): void {
  const seen = new Map<string, string>();
  for (const [caseId, values] of cases) {
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('latin1');
    const other = seen.get(bytes);
    if (other !== undefined) note('duplicate', 'problem', `${caseId} has the same numbers as ${other}`);
    else seen.set(bytes, caseId);
  }
  const rows = [...cases.values()];
  const constant = genes.filter((_, g) => rows.every((values) => values[g] === rows[0]![g]));
  if (constant.length > 0) {
    note('constant-gene', 'warning', `${constant.length} genes never vary: ${some(constant)}`);
  }
}

/** What any two tables say of the same cases. */
function between(tables: readonly SurvivalTable[]): BagFinding[] {
  return tables.flatMap((first, i) =>
    tables.slice(i + 1).flatMap((second): BagFinding[] => {
      const disagreements = compareSurvival(first, second);
      const about = { slide: basename(first.path), path: first.path };
      const order = rowsOutOfOrder(first, second, disagreements).map(
        ({ endpoint, shared, differing, swapped }): BagFinding => ({
          kind: 'rows-out-of-order',
          severity: 'problem',
          ...about,
          text: `against ${second.path}, ${differing} of ${shared} cases differ in ${endpoint}, and ${swapped} of them have another case's time`,
        }),
      );
      if (disagreements.length === 0) return order;
      const { caseId, endpoint, field, values } = disagreements[0]!;
      const example = `the first: ${caseId}, ${endpoint} ${field} ${values.join(' and ')}`;
      const text = `says otherwise than ${second.path} in ${disagreements.length} places, ${example}`;
      return [...order, { kind: 'sources-disagree', severity: 'warning', ...about, text }];
    }),
  );
}

function some(names: readonly string[]): string {
  return names.slice(0, 4).join(', ') + (names.length > 4 ? ', …' : '');
}
