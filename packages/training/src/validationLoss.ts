import { comparesCases, survivalLoss, type LossSpec } from '@concord/backbone';
import * as tf from '@tensorflow/tfjs-core';
import type { JudgedCase } from './judge.js';
import { labelOf } from './trainingSet.js';

/**
 * The loss of held-out cases: the mean of theirs; or, where a loss compares cases with each other, the one loss of
 * all of them together, for such a loss of a single case is 0 whatever the model says.
 *
 * @param judged at least one case; with such a loss each risk is exp η.
 */
export function validationLoss(judged: readonly JudgedCase[], loss: LossSpec): number {
  if (!comparesCases(loss)) return judged.reduce((sum, one) => sum + one.loss, 0) / judged.length;
  return tf.tidy(() => {
    const logRisks = judged.map(({ risk }) => Math.log(risk));
    const labels = judged.map(({ one }) => labelOf(one));
    return survivalLoss(loss, tf.tensor2d(logRisks, [judged.length, 1]), labels).dataSync()[0]!;
  });
}
