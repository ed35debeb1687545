import { outcomeTables, riskTables, type GeneTable, type JudgedRun } from '../../judgedRun/index.js';
import { caseDays, isSameTime, sharedKey, type CaseDays } from '../caseDays.js';
import {
  cannot,
  counted,
  found,
  notFound,
  number,
  table,
  type CheckFinding,
  type RunCheck,
} from '../check.js';

/** Genes that are compared: as many as tell cases apart. */
const GENES = 64;
/** Two values of a gene, or two in standard deviations, that are so near are the same. */
const SAME = 1e-3;

/** Two tables were put together row by row, though they are in another order. */
export const pairedByPosition: RunCheck = {
  id: 'paired-by-position',
  mistake: 'Rows were paired by their position instead of by case.',
  effect:
    'A case gets the genes or the outcome of another: what the model learns of them is noise, and a model without them is ' +
    'as good.',
  remedy: 'Read tables by case id, and refuse a case that one of them does not have.',
  judge(run) {
    const [genes, outcomes] = [ofGenes(run), ofOutcomes(run)];
    const findings = [genes, outcomes].filter((one) => one !== undefined);
    const there = findings.find(({ verdict }) => verdict === 'found');
    if (there) return there;
    if (findings.length > 0) return notFound(findings.map(({ why }) => why).join('; '));
    return cannot(
      'there is nothing to hold genes or outcomes against',
      'put genes.csv as the model read them there, and the table that they come from into reference/',
    );
  },
};

function ofGenes({ genes }: JudgedRun): CheckFinding | undefined {
  const own = genes.find(({ reference }) => !reference);
  const right = genes.find(({ reference }) => reference);
  if (!own || !right) return undefined;
  const wanted = new Set(right.genes);
  const common = [...new Set(own.genes)].filter((gene) => wanted.has(gene)).slice(0, GENES);
  const known = new Set(right.cases);
  const shared = own.cases.filter((id) => known.has(id)).length;
  if (common.length === 0 || shared < 2) return undefined;
  const [raw, rawRight] = [valuesOf(own, common), valuesOf(right, common)];
  const [scaled, scaledRight] = [standardised(raw), standardised(rawRight)];
  // The same as they stand, or in another scaling of each gene.
  const same = (row: number, other: number) =>
    isSame(raw[row]!, rawRight[other]!) || isSame(scaled[row]!, scaledRight[other]!);
  const rowOf = new Map(right.cases.map((id, row) => [id, row]));
  const wrong = own.cases.flatMap((id, row) => {
    const owned = rowOf.get(id);
    if (owned === undefined || same(row, owned)) return [];
    const other = right.cases.findIndex((_, at) => same(row, at));
    return other < 0 ? [] : [{ id, row, other }];
  });
  if (wrong.length === 0) {
    return notFound(`no case of ${own.file} has the genes that ${right.file} gives to another`);
  }
  const byPosition = wrong.filter(({ row, other }) => row === other).length;
  return found(
    `${own.file}: ${wrong.length} of ${counted(shared, 'case')} have genes that ${right.file} gives to another case; ${byPosition} those of the same row`,
    table(
      'Whose genes a case has',
      ['case', 'has the genes of', 'where'],
      wrong.map(({ id, row, other }) => [id, right.cases[other]!, own.where(row)]),
    ),
    number('Genes compared', common.length),
  );
}

function valuesOf(of: GeneTable, names: readonly string[]): Float64Array[] {
  const columns = names.map((name) => of.genes.indexOf(name));
  return of.cases.map((_, row) => {
    const values = of.row(row);
    return Float64Array.from(columns, (column) => values[column]!);
  });
}

/** Each gene in standard deviations over the rows. */
function standardised(rows: readonly Float64Array[]): Float64Array[] {
  const genes = rows[0]!.length;
  const [means, deviations] = [new Float64Array(genes), new Float64Array(genes)];
  for (let g = 0; g < genes; g++) {
    const values = rows.map((row) => row[g]!).filter(Number.isFinite);
    means[g] = values.reduce((sum, value) => sum + value, 0) / values.length;
    deviations[g] = Math.sqrt(
      values.reduce((sum, value) => sum + (value - means[g]!) ** 2, 0) / values.length,
    );
  }
  return rows.map((row) =>
    row.map((value, g) => (deviations[g]! > 0 ? (value - means[g]!) / deviations[g]! : 0)),
  );
}

/** Ends at the first gene that differs. An empty cell is passed over, a row of them is the same as none. */
function isSame(a: Float64Array, b: Float64Array): boolean {
  let compared = 0;
  for (let g = 0; g < a.length; g++) {
    const apart = Math.abs(a[g]! - b[g]!);
    if (Number.isNaN(apart)) continue;
    if (apart > SAME) return false;
    compared += 1;
  }
  return compared > 0;
}

/** Whole outcomes, time and event, that a table gives to the row at the same place. */
function ofOutcomes(run: JudgedRun): CheckFinding | undefined {
  const rights = [...outcomeTables(run, true), ...outcomeTables(run, false)];
  const own = riskTables(run).find(({ columns }) => columns['time'] !== undefined);
  const [right] = rights;
  if (!own || !right) return undefined;
  const key = sharedKey(own, right);
  const [here, byCase] = [caseDays(own), caseDays(right)];
  const byRow = right.rows.map((row) => ({ id: key(row), day: byCase.get(key(row)) }));
  const shared = own.rows.filter((row) => byCase.has(key(row))).length;
  const same = (a: CaseDays, b: CaseDays) => isSameTime(a, b) && a.event === b.event;
  const wrong = own.rows.flatMap((row, i) => {
    const [mine, owned, placed] = [here.get(key(row)), byCase.get(key(row)), byRow[i]];
    if (!mine || !owned || !placed?.day || same(mine, owned) || !same(mine, placed.day)) return [];
    return [{ id: key(row), other: placed.id, from: row.from }];
  });
  if (shared < 2) return undefined;
  // A time of another case at the same row is chance once in a while, and not for most.
  if (wrong.length < Math.max(2, shared / 2)) {
    return notFound(`outcomes of ${own.file} are those of ${right.file} by case`);
  }
  return found(
    `${own.file}: ${wrong.length} of ${counted(shared, 'case')} have the outcome of the same row of ${right.file}, not of the same case`,
    table(
      'Whose outcome a case has',
      ['case', 'has the outcome of', 'where'],
      wrong.map(({ id, other, from }) => [id, other, from]),
    ),
  );
}
