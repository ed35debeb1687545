/**
 * What the plan is drawn to: a constant, or the product of the marginals. The default of the POT library was
 * `entropy` up to 0.9.4 and is `kl` since; the plans differ.
 */
export type TransportKernel = 'entropy' | 'kl';

/** How strictly entropy and marginals are kept. */
export interface TransportOptions {
  /** ε, of the entropy. */
  readonly reg: number;
  /** τ, of the marginals. */
  readonly regM: number;
  readonly kernel: TransportKernel;
}

/** Iterations at most, and the relative change of the scalings at which they are good enough, as POT's. */
const MOST = 1000;
const ENOUGH = 1e-6;

/**
 * Entropic optimal transport with relaxed, uniform marginals, by generalised Sinkhorn steps in float64.
 *
 * π = diag(u) K diag(v), K = exp(−M/ε), for `kl` times a bᵀ; u = (a / K v)^f, v = (b / Kᵀ u)^f,
 * f = τ / (τ + ε), from u = v = 1.
 *
 * @param cost M [rows × columns], row by row.
 * @returns π, likewise, and how many iterations it took.
 * @throws RangeError for a cost or a plan that is not finite.
 * @source Chizat et al. 2016, arXiv 1607.05816; POT, `ot.unbalanced.sinkhorn_knopp_unbalanced`.
 */
export function unbalancedTransport(
  cost: Float64Array,
  [rows, columns]: readonly [number, number],
  { reg, regM, kernel }: TransportOptions,
): { plan: Float64Array; iterations: number } {
  const [a, b] = [1 / rows, 1 / columns];
  const mixing = cost.map((value) => Math.exp(-value / reg) * (kernel === 'kl' ? a * b : 1));
  const power = regM / (regM + reg);
  const u = new Float64Array(rows).fill(1);
  const v = new Float64Array(columns).fill(1);
  let iterations = 0;
  for (let change = 1; iterations < MOST && change >= ENOUGH; iterations++) {
    change = (scaleRows() + scaleColumns()) / 2;
  }
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) mixing[at]! *= u[i]! * v[j]!;
  }
  if (!mixing.every(Number.isFinite)) throw notFinite([rows, columns], { reg });
  return { plan: mixing, iterations };

  // Powers by exp and log, which take V8 half the time of its own.

  /** u = (a / K v)^f. Returns its relative change. */
  function scaleRows(): number {
    let gap = 0;
    let size = 1;
    for (let i = 0, at = 0; i < rows; i++) {
      let sum = 0;
      for (let j = 0; j < columns; j++, at++) sum += mixing[at]! * v[j]!;
      const before = u[i]!;
      const now = Math.exp(power * Math.log(a / sum));
      gap = Math.max(gap, Math.abs(now - before));
      size = Math.max(size, now, before);
      u[i] = now;
    }
    return gap / size;
  }

  /** v = (b / Kᵀ u)^f, likewise. */
  function scaleColumns(): number {
    const sums = new Float64Array(columns);
    for (let i = 0, at = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++, at++) sums[j]! += mixing[at]! * u[i]!;
    }
    let gap = 0;
    let size = 1;
    for (let j = 0; j < columns; j++) {
      const before = v[j]!;
      const now = Math.exp(power * Math.log(b / sums[j]!));
      gap = Math.max(gap, Math.abs(now - before));
      size = Math.max(size, now, before);
      v[j] = now;
    }
    return gap / size;
  }
}

/** Says of which plan, and what to do. */
export function notFinite(
  [rows, columns]: readonly [number, number],
  { reg }: Pick<TransportOptions, 'reg'>,
): RangeError {
  return new RangeError(
    `unbalancedTransport: a plan of ${rows} × ${columns} with reg ${reg} is not finite; look for NaN in the cost, or raise reg`,
  );
}
