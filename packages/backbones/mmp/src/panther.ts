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
 * @param patches [patches, width] float32, borrowed; gets no gradient, as the prior does not.
 * @param tap sees `panther.posterior` [patches, prototypes] and `panther.tokens`.
 * @returns [prototypes, 1 + 2 width] float32, owned by the caller: π, μ and Σ side by side.
 * @throws ShapeError if the prior has another width than the patches.
 * @source arXiv 2405.11643; mahmoodlab/MMP@5878b84, src/mil_models/PANTHER/networks.py, `map_em` with one step.
 */
export function pantherTokens(
  patches: tf.Tensor2D,
  { mean, variance, tau }: PantherPrior,
  tap?: Tap,
): tf.Tensor2D {
  const [, width] = requireShape(patches, ['patches', 'width'], 'pantherTokens(patches)');
  const [prototypes] = requireShape(mean, ['prototypes', width!], 'pantherTokens(mean)');
  requireShape(variance, [prototypes!, width!], 'pantherTokens(variance)');
  return tf.tidy(() => {
    const squares = tf.square<tf.Tensor2D>(patches);
    const posterior = tf.softmax<tf.Tensor2D>(logDensities(patches, squares, mean, variance));
    tap?.('panther.posterior', posterior);
    const count = tf.add(tf.reshape(tf.sum(posterior, 0), [prototypes!, 1]), tau);
    const average = (values: tf.Tensor2D, prior: tf.Tensor2D): tf.Tensor2D => {
      const sum = tf.matMul<tf.Tensor2D>(posterior, values, true, false);
      return tf.div(tf.add(sum, tf.mul(prior, tau)), count);
    };
    const centre = average(patches, mean);
    const spread: tf.Tensor2D = tf.sub(
      average(squares, tf.add<tf.Tensor2D>(variance, tf.square(mean))),
      tf.square<tf.Tensor2D>(centre),
    );
    const tokens = tf.concat<tf.Tensor2D>([tf.div<tf.Tensor2D>(count, tf.sum(count)), centre, spread], 1);
    tap?.('panther.tokens', tokens);
    return tokens;
  });
}

/** [patches, prototypes] log-density of each patch under each Gaussian, up to what all of them share. */
function logDensities(
  patches: tf.Tensor2D,
  squares: tf.Tensor2D,
  mean: tf.Tensor2D,
  variance: tf.Tensor2D,
): tf.Tensor2D {
  const scaled: tf.Tensor2D = tf.div(mean, variance);
  const own = tf.sum(tf.add(tf.log(variance), tf.mul(mean, scaled)), 1);
  const quadratic = tf.matMul<tf.Tensor2D>(squares, tf.reciprocal(variance), false, true);
  const cross = tf.matMul<tf.Tensor2D>(patches, scaled, false, true);
  return tf.sub(cross, tf.mul(tf.add(quadratic, own), 0.5));
}
