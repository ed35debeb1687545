import type { TextTable } from '@concord/data';
import { understandColumns, type Columns, type Meaning } from './columns.js';
import type { CaseRow, CaseTable, Part } from './judgedRun.js';

const PARTS: Readonly<Record<string, Part>> = {
  ...{ train: 'training', training: 'training' },
  ...{ val: 'validation', valid: 'validation', validation: 'validation', 'in-domain': 'validation' },
  ...{ test: 'test', testing: 'test', external: 'test', 'cross-domain': 'test' },
};

/** What a run's part is called in a file; undefined for another word. */
export function partOf(word: string): Part | undefined {
  return PARTS[word.trim().toLowerCase()];
}

/**
 * Read a table about cases: every row, with what each column means.
 *
 * @param file as messages and evidence name it.
 * @param label the endpoint that the run reports, see `understandColumns`.
 * @throws Error naming the line of a row without a case, or of a flag of the event that is none.
 */
export function readCaseTable(table: TextTable, file: string, label?: string): CaseTable {
  const columns = understandColumns(table.names, label);
  const cells = columnCells(table, columns);
  const [hazards, runs] = [columns.hazards, columns.runs].map((names) =>
    names.map((name) => table.column(name)),
  );
  const where = (row: number) => table.where(row).replace(table.path, file);
  const rows = Array.from({ length: table.rows }, (_, i): CaseRow => {
    const cell = (meaning: Meaning) => cells[meaning]?.[i]?.trim() ?? '';
    const caseId = cell('case') || cell('slide');
    if (caseId === '') throw new Error(`${where(i)}: names no case; fill ${columns.of.case ?? 'it'} in`);
    const part = partOf(cell('part'));
    const time = bare(cell('time'));
    const event = readEvent(bare(cell('event')), bare(cell('censored')), where(i));
    const has = (meaning: Meaning) => cells[meaning] !== undefined && cell(meaning) !== '';
    return {
      caseId,
      ...(has('slide') && { slideId: cell('slide') }),
      ...(has('slides') && { slides: Number(cell('slides')) }),
      ...(has('cohort') && { cohort: cell('cohort') }),
      ...(part && { part }),
      ...(has('fold') && { fold: cell('fold') }),
      ...(has('time') && { time: Number(time), timeText: time }),
      ...(event !== undefined && { event }),
      ...(/^\d+(\.0+)?$/.test(cell('bin')) && { bin: Number(cell('bin')) }),
      ...(cells.risk && { risk: readNumber(cell('risk')) }),
      ...(runs!.length > 0 && { run: runs!.map((column) => column[i]!.trim()).join(' ') }),
      ...(hazards!.length > 0 && { hazards: hazards!.map((column) => readNumber(column[i]!)) }),
      ...(has('patches') && { patches: Number(cell('patches')) }),
      ...(has('width') && { width: Number(cell('width')) }),
      from: where(i),
    };
  });
  return { file, reference: false, unit: columns.unit, columns: columns.of, rows };
}

function columnCells(table: TextTable, { of }: Columns): Partial<Record<Meaning, readonly string[]>> {
  return Object.fromEntries(Object.entries(of).map(([meaning, name]) => [meaning, table.column(name)]));
}

function readNumber(cell: string): number {
  return cell.trim() === '' ? NaN : Number(bare(cell));
}

/** Some programs write a tensor or an array of one number: `tensor([0.5])`, `[0.5]`. */
function bare(cell: string): string {
  return cell
    .trim()
    .replace(/^(?:tensor\()?\[?|,?\]?\)?$/g, '')
    .trim();
}

/** Words that say what happened, whatever the column is called. */
const HAPPENED: Readonly<Record<string, boolean>> = {
  ...{ dead: true, deceased: true, event: true, '1:deceased': true },
  ...{ alive: false, living: false, censored: false, '0:living': false },
};
const TRUE = new Set(['1', '1.', '1.0', 'true', 'yes']);
const FALSE = new Set(['0', '0.', '0.0', 'false', 'no']);

/** An event, from a flag of it or from the opposite flag of censoring. */
function readEvent(event: string, censored: string, where: string): boolean | undefined {
  const word = (event || censored).toLowerCase();
  if (word === '' || word === 'na' || word === 'nan') return undefined;
  if (Object.hasOwn(HAPPENED, word)) return HAPPENED[word];
  if (!TRUE.has(word) && !FALSE.has(word)) {
    throw new Error(`${where}: the event is "${event || censored}"; write 1 (observed) or 0`);
  }
  return TRUE.has(word) === (event !== '');
}
