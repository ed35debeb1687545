import { uniformStream, type NamedArray } from '@concord/nn';

/** How far a neutral weight is moved, at most. */
const JITTER = 0.1;

/**
 * Initial weights for a comparison. A weight that starts at 1 or 0 throughout, as LayerNorm's do, would not
 * show that a stack forgot to use it; so such weights are moved a little.
 */
export function startingWeights(
  initial: Readonly<Record<string, NamedArray>>,
  seed: number,
): Record<string, NamedArray> {
  return Object.fromEntries(
    Object.entries(initial).map(([name, { shape, data }]) => {
      if (!isNeutral(data)) return [name, { shape, data }];
      const uniform = uniformStream(`${seed}/jitter/${name}`);
      return [name, { shape, data: data.map((value) => value + JITTER * (2 * uniform() - 1)) }];
    }),
  );
}

function isNeutral(data: Float32Array): boolean {
  return data.every((value) => value === 0) || data.every((value) => value === 1);
}
