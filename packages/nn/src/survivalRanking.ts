import * as tf from '@tensorflow/tfjs-core';
import type { SurvivalLabel } from './nllSurvival.js';
import { requireShape } from './shape.js';

/** Options of the ranking loss; the defaults are MMP's. */
export interface RankingOptions {
  /** What stands for "a is riskier than b". */
  readonly phi?: 'sigmoid' | 'relu';
  readonly reduction?: 'mean' | 'sum';
}

/**
 * A smooth concordance of a batch, negated: over pairs (a, b) where a's event was observed before b's follow-up
 * ended, −φ(z_a − z_b). Pairs of equal times are left out.
 *
 * @param risks [cases, 1] float32, borrowed. @param labels one for each case, with months.
 * @returns scalar float32, owned by the caller; 0, with a gradient of 0, where no pair can be compared (the
 *   published function returns None there, and −100,000 for a batch of one).
 * @throws RangeError if labels and cases differ in number, or months are missing.
 * @source Luck et al. 2018; mahmoodlab/MMP@5878b84, src/utils/losses.py, SurvRankingLoss.
 */
export function survivalRanking(
  risks: tf.Tensor2D,
  labels: readonly SurvivalLabel[],
  { phi = 'sigmoid', reduction = 'mean' }: RankingOptions = {},
): tf.Scalar {
  const [cases] = requireShape(risks, ['cases', 1], 'survivalRanking(risks)');
  if (labels.length !== cases) {
    throw new RangeError(`survivalRanking: ${labels.length} labels for ${cases} cases`);
  }
  const months = labels.map(({ months: value }, i) => {
    if (value === undefined || !Number.isFinite(value)) {
      throw new RangeError(`survivalRanking: case ${i} has no follow-up in months`);
    }
    return value;
  });
  const comparable = labels.map(({ censored }, a) =>
    months.map((other) => (!censored && months[a]! < other ? 1 : 0)),
  );
  const pairs = comparable.flat().reduce<number>((sum, one) => sum + one, 0);
  const divisor = reduction === 'mean' ? Math.max(pairs, 1) : 1;
  return tf.tidy(() => {
    const gap = tf.sub(risks, tf.reshape(risks, [1, cases!])); // [a, b]
    const concordance = phi === 'sigmoid' ? tf.sigmoid(gap) : tf.relu(gap);
    return tf.mul(tf.sum(tf.mul(concordance, tf.tensor2d(comparable))), -1 / divisor) as tf.Scalar;
  });
}
