import { findLeak, measure, type Measured } from './measure.js';
import { dtypeMismatch, shapeMismatch } from './mismatch.js';
import type { Comparison, DecisionQuantity, Quantity, TensorQuantity } from './quantity.js';
import { indexTuple, type HostTensor } from './tensor.js';

/** Distance between 1 and the next float32: the unit in the last place of a tensor whose scale is 1. */
export const FLOAT32_ULP = 2 ** -23;

/**
 * Floor of the yardstick, in float32 units in the last place of the tensor's scale. PyTorch's float32 run can
 * be right to the last bit by luck (an operation that happens to round well, a tensor of four numbers), and
 * luck sets no standard. Four is what a short sum or an exp followed by a division already costs.
 */
export const FLOOR_ULPS = 4;

/** Largest |oracle| that is rounding of float64 and no number: losses are of order 1, weights of order 0.1. */
const NOTHING = 2 ** -50;

/** How many yardsticks TypeScript may be away from the oracle. */
export const DEFAULT_FACTOR = 4;

/** Two numbers that set the standard. */
export interface CompareOptions {
  readonly factor?: number;
  readonly floorUlps?: number;
}

/**
 * Compare one quantity of TypeScript with the float64 oracle, by the yardstick of PyTorch's own float32 error.
 *
 * Shape and dtype are looked at first. NaN equals only NaN, ±∞ only itself. An error is the largest
 * |x − oracle| divided by the largest finite |oracle|. Where the oracle is nothing but float64's own rounding, as
 * the gradient of what a softmax does not see, the truth is zero and the scale is 1; where both PyTorch runs are
 * exactly zero, exact zero is required. A row (last axis) that is zero throughout in both PyTorch runs must be zero throughout: a masked
 * token stays silent. Nothing throws: what cannot be compared fails, with its reason.
 */
export function compare(quantity: Quantity, options: CompareOptions = {}): Comparison {
  const { factor = DEFAULT_FACTOR, floorUlps = FLOOR_ULPS } = options;
  const floor = floorUlps * FLOAT32_ULP;
  if (quantity.kind === 'decision') return compareDecision(quantity, factor, floor);
  const mismatch = shapeMismatch(quantity) ?? dtypeMismatch(quantity);
  if (mismatch) return failed(quantity, floor, mismatch);
  return judge(quantity, factor, floor);
}

function judge(quantity: TensorQuantity, factor: number, floor: number): Comparison {
  const { ts, oracle, torch32, published } = quantity;
  const found = measure(ts.data, oracle.data, torch32.data);
  const nothing = found.scale <= NOTHING && found.gapTorch32 < Infinity;
  const silent = found.scale === 0 && found.gapTorch32 === 0;
  const scale = nothing && !silent ? 1 : found.scale;
  const errorTs = relative(found.gapTs, scale);
  const errorTorch32 = relative(found.gapTorch32, scale);
  const yardstick = errorTorch32 < Infinity ? Math.max(errorTorch32, floor) : floor;
  const limit = quantity.kind === 'exact' ? 0 : factor * yardstick;
  const spoken = published && measure(published.data, oracle.data, torch32.data);
  const errorPublished = spoken && relative(spoken.gapTs, nothing ? 1 : scale);
  const width = Math.max(1, oracle.shape.at(-1) ?? 1);
  const leak = errorTs <= limit ? findLeak(ts.data, oracle.data, torch32.data, width) : -1;
  const failures = [
    errorTs > limit && valuesAt(ts, oracle, found.at),
    leak >= 0 && notSilent(quantity, leak),
    spoken && errorPublished! > limit && `the published class: ${valuesAt(published, oracle, spoken.at)}`,
  ].filter((text) => typeof text === 'string');
  const at = leak >= 0 ? leak : found.at;
  const reason = [...failures, ...remarks(quantity, found)].join('; ');
  return {
    quantity: quantity.name,
    kind: quantity.kind,
    shape: oracle.shape,
    scale,
    errorTs,
    errorTorch32,
    ...(errorPublished !== undefined && { errorPublished }),
    yardstick,
    limit,
    ratio: errorTs / yardstick,
    pass: failures.length === 0,
    ...(at >= 0 && { at: indexTuple(at, oracle.shape) }),
    ...(reason && { reason }),
  };
}

function relative(gap: number, scale: number): number {
  if (gap === 0) return 0;
  return scale === 0 ? Infinity : gap / scale;
}

function valuesAt(tensor: HostTensor, oracle: HostTensor, at: number): string {
  return `${written(tensor.data[at]!)} where the oracle has ${written(oracle.data[at]!)}`;
}

/** Nine digits tell any two float32 numbers apart. */
function written(value: number): string {
  return String(Number(value.toPrecision(9)));
}

function notSilent({ ts, oracle }: TensorQuantity, at: number): string {
  const row = indexTuple(at, oracle.shape).slice(0, -1);
  return `row [${row.join(', ')}] is zero throughout in PyTorch, not here: ${written(ts.data[at]!)}`;
}

/** What a reader has to know about the yardstick itself. */
function remarks({ torch32, oracle }: TensorQuantity, found: Measured): string[] {
  if (found.scale <= NOTHING && found.gapTorch32 < Infinity) return [];
  if (relative(found.gapTorch32, found.scale) < Infinity) return [];
  const values = valuesAt(torch32, oracle, found.atTorch32);
  return [`PyTorch float32 gives no yardstick (${values}); the floor is used`];
}

function compareDecision(quantity: DecisionQuantity, factor: number, floor: number): Comparison {
  const { name, kind, shape, violation, basis } = quantity;
  const errorTs = Number.isNaN(violation) ? Infinity : relative(Math.abs(violation), basis.scale);
  const yardstick = basis.errorTorch32 < Infinity ? Math.max(basis.errorTorch32, floor) : floor;
  const limit = factor * yardstick;
  const pass = errorTs <= limit;
  return {
    quantity: name,
    kind,
    shape,
    scale: basis.scale,
    errorTs,
    errorTorch32: basis.errorTorch32,
    yardstick,
    limit,
    ratio: errorTs / yardstick,
    pass,
    ...(!pass && { reason: `decided otherwise than float64 would, ${violation} away from a tie` }),
  };
}

function failed({ name, kind, oracle }: TensorQuantity, yardstick: number, reason: string): Comparison {
  return {
    quantity: name,
    kind,
    shape: oracle.shape,
    scale: 0,
    errorTs: Infinity,
    errorTorch32: 0,
    yardstick,
    limit: 0,
    ratio: Infinity,
    pass: false,
    reason,
  };
}
