import { sampleRows } from '../bags/sampleRows.js';
import type { Cohort, CohortCase } from '../cohort.js';
import { stream } from '../normalStream.js';
import { shuffled } from '../shuffled.js';

/** How a cohort is walked through. */
export interface IterateOptions {
  /** Shuffles the cases and draws the patches; without it cases come in the cohort's order. */
  readonly seed?: number;
  /** Each epoch has an order and patches of its own; default 0. */
  readonly epoch?: number;
  /** Patches of a bag, drawn without replacement; smaller bags come whole, as do all without it. */
  readonly sample?: number;
  /** Bags that are read while one is in use; default 1. */
  readonly prefetch?: number;
  readonly signal?: AbortSignal;
}

/** A case whose bag is in memory. */
export interface LoadedCase {
  readonly one: CohortCase;
  readonly rows: number;
  /** [rows, patchWidth] float32; the memory is used again after the next step, so copy what has to stay. */
  readonly patches: Float32Array;
}

/**
 * Walk through the bags of a cohort with `for await`: the next ones are read by the system's threads while one is
 * in use, and the memory of `prefetch + 1` bags is used again and again. Sources that are computed (patch maps,
 * tables, generators) come one by one, in memory of their own.
 *
 * @throws RangeError for a count that is no whole number; BagError where a bag cannot be read, at its turn.
 */
export async function* iterateBags(
  { cases, patchWidth }: Pick<Cohort, 'cases' | 'patchWidth'>,
  { seed, epoch = 0, sample, prefetch = 1, signal }: IterateOptions = {},
): AsyncGenerator<LoadedCase, void, undefined> {
  requireWhole('prefetch', prefetch, 0);
  if (sample !== undefined) requireWhole('sample', sample, 1);
  const order = seed === undefined ? cases : shuffled(cases, stream(`order/${seed}/${epoch}`));
  const rowsOf = ({ patchCount }: CohortCase) => Math.min(sample ?? patchCount, patchCount);
  const largest = order.reduce((most, one) => Math.max(most, rowsOf(one)), 0);
  const free: Float32Array[] = [];
  const begun: { one: CohortCase; memory: Float32Array; patches: Promise<Float32Array> }[] = [];

  const begin = (one: CohortCase) => {
    const memory = one.load ? (free.pop() ?? new Float32Array(largest * patchWidth)) : new Float32Array();
    const chosen =
      rowsOf(one) < one.patchCount
        ? sampleRows(sample!, one.patchCount, `${seed ?? 0}/${epoch}/${one.caseId}`)
        : undefined;
    const patches = one.load ? one.load(chosen, memory) : computed(one, chosen, patchWidth);
    // It is looked at when its turn comes; until then a failure is not unhandled.
    patches.catch(() => undefined);
    begun.push({ one, memory, patches });
  };

  let next = 0;
  try {
    for (let turn = 0; turn < order.length; turn += 1) {
      signal?.throwIfAborted();
      while (next < order.length && next <= turn + prefetch) begin(order[next++]!);
      const { one, memory, patches } = begun[0]!;
      yield { one, rows: rowsOf(one), patches: await patches };
      begun.shift();
      if (one.load) free.push(memory);
    }
  } finally {
    // Whoever leaves early may close the cohort at once.
    await Promise.allSettled(begun.map(({ patches }) => patches));
  }
}

async function computed(
  one: CohortCase,
  rows: Uint32Array | undefined,
  width: number,
): Promise<Float32Array> {
  // After the bag that is asked for, not before it.
  await Promise.resolve();
  const all = one.patches();
  if (!rows) return all;
  const some = new Float32Array(rows.length * width);
  rows.forEach((row, i) => some.set(all.subarray(row * width, (row + 1) * width), i * width));
  return some;
}

function requireWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(`iterateBags: ${name} is ${value}, expected a whole number from ${least}`);
}
