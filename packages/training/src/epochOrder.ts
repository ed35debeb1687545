import { uniformStream } from '@concord/nn';
import type { TrainingCase } from './trainingSet.js';

/** How the cases of an epoch are chosen. */
export type Sampling = 'weighted' | 'uniform';

/**
 * Positions of the cases that an epoch sees, as many as there are cases: a pure function of its arguments, so that
 * an epoch and a place in it are all there is to a generator's state.
 *
 * `uniform` is a permutation. `weighted` draws with replacement: every pair of time bin and event that occurs has
 * the same chance, and within it every case.
 *
 * @source mahmoodlab/SurvPath@3f73ddd, utils/general_utils.py, `_make_weights_for_balanced_classes_split`.
 */
export function epochOrder(
  cases: readonly TrainingCase[],
  sampling: Sampling,
  seed: number,
  epoch: number,
): Int32Array {
  const uniform = uniformStream(`${seed}/order/${epoch}`);
  return sampling === 'uniform' ? permutation(cases.length, uniform) : balanced(cases, uniform);
}

function permutation(count: number, uniform: () => number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function balanced(cases: readonly TrainingCase[], uniform: () => number): Int32Array {
  const classes = new Map<string, number[]>();
  cases.forEach(({ bin, event }, i) => {
    const name = `${bin}/${event}`;
    classes.set(name, [...(classes.get(name) ?? []), i]);
  });
  // By name, so that the order does not depend on which case comes first.
  const members = [...classes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, those]) => those);
  return Int32Array.from(cases, () => {
    const chosen = members[Math.floor(uniform() * members.length)]!;
    return chosen[Math.floor(uniform() * chosen.length)]!;
  });
}
