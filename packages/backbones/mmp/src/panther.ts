import { requireShape, type Tap } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';

/** What PANTHER knows before it sees a slide. */
export interface PantherPrior {
  /** [prototypes, width] float32: the prototypes. */
  readonly mean: tf.Tensor2D;
  /** [prototypes, width] float32: their variances. */
  readonly variance: tf.Tensor2D;
  /** Weight of the prior, in patches. */
  readonly tau: number;
}

/**
 * PANTHER: one step of expectation and maximisation turns a slide's patches into one token for each prototype.
 * With r the posterior of equally likely Gaussians N(m, V) and N_k = Σ r, a token is
 * π = (N_k + τ) / Σ (N_k + τ), μ = (Σ r x + τ m) / (N_k + τ), Σ = (Σ r x² + τ (V + m²)) / (N_k + τ) − μ².
 *
 * @returns the tokens of any slide, [prototypes, 1 + 2 width] float32: π, μ and Σ side by side. Patches are
 *   [patches, width], borrowed; neither they nor the prior get a gradient. The tap sees `panther.posterior`
 *   [patches, prototypes] and `panther.tokens`. A ShapeError is thrown for patches of another width.
 * @throws ShapeError if the variances are not as many as the means.
 * @source arXiv 2405.11643; mahmoodlab/MMP@5878b84, src/mil_models/PANTHER/networks.py, `map_em` with one step.
 */
export function panther({
  mean,
  variance,
  tau,
}: PantherPrior): (patches: tf.Tensor2D, tap?: Tap) => tf.Tensor2D {
  const [prototypes, width] = requireShape(mean, ['prototypes', 'width'], 'panther(mean)');
  requireShape(variance, [prototypes!, width!], 'panther(variance)');
  const precision = tf.reciprocal<tf.Tensor2D>(variance);
  const scaled: tf.Tensor2D = tf.div(mean, variance);
  const own = tf.sum(tf.add(tf.log(variance), tf.mul(mean, scaled)), 1);
  const priorMean = tf.mul<tf.Tensor2D>(mean, tau);
  const priorSquare: tf.Tensor2D = tf.mul(tf.add(variance, tf.square<tf.Tensor2D>(mean)), tau);

  return (patches, tap) => {
    requireShape(patches, ['patches', width!], 'panther(patches)');
    return tf.tidy(() => {
      const squares = tf.square<tf.Tensor2D>(patches);
      const posterior = tf.softmax<tf.Tensor2D>(logDensities(patches, squares));
      tap?.('panther.posterior', posterior);
      const count = tf.add(tf.reshape(tf.sum(posterior, 0), [prototypes!, 1]), tau);
      const average = (values: tf.Tensor2D, prior: tf.Tensor2D): tf.Tensor2D =>
        tf.div(tf.add(tf.matMul<tf.Tensor2D>(posterior, values, true, false), prior), count);
      const centre = average(patches, priorMean);
      const spread: tf.Tensor2D = tf.sub(average(squares, priorSquare), tf.square<tf.Tensor2D>(centre));
      const share = tf.div<tf.Tensor2D>(count, tf.sum(count));
      const tokens = tf.concat<tf.Tensor2D>([share, centre, spread], 1);
      tap?.('panther.tokens', tokens);
      return tokens;
    });
  };

  /** [patches, prototypes] log-density of each patch under each Gaussian, up to what all of them share. */
  function logDensities(patches: tf.Tensor2D, squares: tf.Tensor2D): tf.Tensor2D {
    const quadratic = tf.matMul<tf.Tensor2D>(squares, precision, false, true);
    const cross = tf.matMul<tf.Tensor2D>(patches, scaled, false, true);
    return tf.sub(cross, tf.mul(tf.add(quadratic, own), 0.5));
  }
}
