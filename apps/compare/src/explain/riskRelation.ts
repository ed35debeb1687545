/** How the risks of the same cases lie to each other. */
export type RiskRelation =
  /** Equal, each case's, but for the digits that files have. */
  | { readonly kind: 'same' }
  /** Other numbers, the same order of cases: no C-index differs but by ties. */
  | { readonly kind: 'same order' }
  /** The same numbers, given to other cases: rows were paired by position. */
  | { readonly kind: 'shuffled'; readonly cases: number }
  | { readonly kind: 'other'; readonly rankCorrelation: number };

/** Files hold a risk with 15 to 17 digits. */
const DIGITS = 1e-13;

/**
 * Compare the risks of the same cases.
 *
 * @param a, @param b [cases].
 */
export function relateRisks(a: readonly number[], b: readonly number[]): RiskRelation {
  const moved = a.filter((risk, i) => Math.abs(risk - b[i]!) > DIGITS * Math.abs(risk)).length;
  if (moved === 0) return { kind: 'same' };
  const [sortedA, sortedB] = [a.toSorted(rising), b.toSorted(rising)];
  if (sortedA.every((risk, i) => risk === sortedB[i])) return { kind: 'shuffled', cases: moved };
  const [ranksA, ranksB] = [ranksOf(a), ranksOf(b)];
  if (ranksA.every((rank, i) => rank === ranksB[i])) return { kind: 'same order' };
  return { kind: 'other', rankCorrelation: correlation(ranksA, ranksB) };
}

/**
 * Whether the risks of one run are the other's turned round: high where low was meant. Two models of one outcome rank
 * cases alike or not at all; the opposite, beyond what chance does, is a sign.
 */
export function isTurned(a: readonly number[], b: readonly number[]): boolean {
  const found = correlation(ranksOf(a), ranksOf(b));
  return found < -0.5 && Math.atanh(Math.max(found, -1 + 1e-12)) * Math.sqrt(Math.max(0, a.length - 3)) < -4;
}

const rising = (x: number, y: number): number => x - y;

/** Mean ranks. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end += 1;
    for (let k = start; k < end; k++) ranks[order[k]!] = (start + end - 1) / 2;
    start = end;
  }
  return ranks;
}

/** Pearson's; NaN where one of both does not vary. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const sum = (of: (i: number) => number) => a.reduce((total, _, i) => total + of(i), 0);
  const [da, db] = [(i: number) => a[i]! - meanA, (i: number) => b[i]! - meanB];
  return sum((i) => da(i) * db(i)) / Math.sqrt(sum((i) => da(i) ** 2) * sum((i) => db(i) ** 2));
}
