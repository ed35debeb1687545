import * as tf from '@tensorflow/tfjs-core';
import { blockedFrom, blockedMatMul } from './blockedMatMul.js';
import { attribute, rawOps } from './native.js';
import { hasOwnOperations } from './ownOperations.js';
import { requireShape } from './shape.js';
import { withGradient } from './withGradient.js';

/** Of how many columns the native operation takes multiples. */
const COLUMNS = 16;

interface Iterated {
  readonly value: tf.Tensor3D;
  readonly kept: tf.Tensor[];
}

/**
 * What six steps of an iteration towards the pseudo-inverse leave: Z₀ = Aᵀ / (r c), with r the largest row sum
 * and c the largest column sum of |A| **over all heads**, then Z ← ¼ Z (13 I − A Z (15 I − A Z (7 I − A Z))).
 * On attention it has not converged, so it is no pseudo-inverse and cannot be replaced by one.
 *
 * What the first steps round is multiplied by up to 3.25 in each later one, so their products are summed in blocks.
 * Those of the gradient are not: it is as far off as the matrices that it is made of.
 *
 * The gradient runs through r and c too; where several sums are largest, each has an equal share, as in torch.
 * Behind a softmax, whose rows all sum to 1, what comes through r is zero: which row is the largest is rounding.
 *
 * Natively the iteration is one operation, and its gradient another (native/iteratedInverse.cc), where 16 divides n.
 *
 * @param matrix [heads, n, n] float32, borrowed.
 * @returns [heads, n, n] float32, owned by the caller.
 * @throws ShapeError if it is not square.
 * @source arXiv 2102.03902, equation 11; lucidrains/nystrom-attention@fbe9eba, `moore_penrose_iter_pinv`.
 */
export function iteratedInverse(matrix: tf.Tensor3D, iterations = 6): tf.Tensor3D {
  const [, size] = requireShape(matrix, ['heads', 'n', 'n'], 'iteratedInverse(matrix)');
  requireShape(matrix, ['heads', size!, size!], 'iteratedInverse(matrix)');
  return withGradient<[tf.Tensor3D], tf.Tensor3D>((save, a) => {
    const magnitude = tf.abs(a);
    const rows = largest(tf.sum(magnitude, 2, true));
    const columns = largest(tf.sum(magnitude, 1, true));
    const scale = tf.mul(rows.value, columns.value);
    const start = tf.div<tf.Tensor3D>(tf.transpose(a, [0, 2, 1]), scale);
    const { value, kept } = iterateOn(a, start, iterations);
    save([a, start, scale, rows.value, rows.share, columns.value, columns.share, ...kept]);
    return { value, gradFunc: (dy, saved) => back(dy as tf.Tensor3D, saved as tf.Tensor3D[]) };
  })(matrix);
}

/** The end of the iteration, and what its gradient needs: in one tensor if it was one operation. */
function iterateOn(a: tf.Tensor3D, start: tf.Tensor3D, iterations: number): Iterated {
  if (!hasOwnOperations() || a.shape[1] % COLUMNS !== 0) return iterateComposed(a, start, iterations);
  const attributes = [attribute.int('steps', iterations)];
  const [value, kept] = rawOps('ConcordIteratedInverse', attributes, [a, start], 2);
  return { value: value as tf.Tensor3D, kept: [kept!] };
}

function iterateComposed(a: tf.Tensor3D, start: tf.Tensor3D, iterations: number): Iterated {
  const [seven, fifteen, thirteen] = [7, 15, 13].map((times) => identity(a.shape[1], times));
  const kept: tf.Tensor[] = [];
  const byA = blockedFrom(a);
  let z = start;
  for (let i = 0; i < iterations; i++) {
    const p = byA(z);
    const byP = blockedFrom(p);
    const q = tf.sub<tf.Tensor3D>(seven!, p);
    const r = tf.sub<tf.Tensor3D>(fifteen!, byP(q));
    const t = tf.sub<tf.Tensor3D>(thirteen!, byP(r));
    kept.push(z, p, t);
    z = blockedMatMul(tf.mul<tf.Tensor3D>(z, 0.25), t);
  }
  return { value: z, kept };
}

/** [1, size, size]: the identity, some times. */
function identity(size: number, times: number): tf.Tensor3D {
  return tf.mul(tf.expandDims<tf.Tensor3D>(tf.eye(size), 0), times);
}

/** The largest of all numbers, and the share that each has in it. */
function largest(sums: tf.Tensor): { value: tf.Tensor; share: tf.Tensor } {
  const value = tf.max(sums);
  const tied = tf.cast(tf.equal(sums, value), 'float32');
  return { value, share: tf.div(tied, tf.sum(tied)) };
}

function back(dy: tf.Tensor3D, saved: tf.Tensor3D[]): tf.Tensor3D {
  const [a, start, scale, row, rowShare, column, columnShare, ...kept] = saved as [
    ...[tf.Tensor3D, tf.Tensor3D, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor],
    ...tf.Tensor3D[],
  ];
  const [dz, da] =
    kept.length === 1
      ? (rawOps('ConcordIteratedInverseGradient', [], [dy, a, kept[0]!], 2) as [tf.Tensor3D, tf.Tensor3D])
      : backComposed(dy, a, kept);
  const along = tf.neg(tf.sum(tf.mul(dz, start)));
  const toSums = tf.add(tf.mul(rowShare, tf.div(along, row)), tf.mul(columnShare, tf.div(along, column)));
  return tf.addN([da, tf.div<tf.Tensor3D>(turned(dz), scale), tf.mul<tf.Tensor3D>(tf.sign(a), toSums)]);
}

/** Gradients at the start and, through the products, at A. */
function backComposed(dy: tf.Tensor3D, a: tf.Tensor3D, kept: tf.Tensor3D[]): [tf.Tensor3D, tf.Tensor3D] {
  const [seven, fifteen] = [7, 15].map((times) => identity(a.shape[1], times));
  let dz = tf.mul<tf.Tensor3D>(dy, 0.25);
  const da: tf.Tensor3D[] = [];
  for (let i = kept.length; i > 0; i -= 3) {
    const [z, p, t] = kept.slice(i - 3, i) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
    // Computed again: one product of fifteen, for two fifths of what would have to be kept.
    const q = tf.sub<tf.Tensor3D>(seven!, p);
    const r = tf.sub<tf.Tensor3D>(fifteen!, blockedMatMul(p, q));
    // Gradients at T, at R with the sign of −P R, at Q likewise, and at P = A Z.
    const dt = tf.matMul<tf.Tensor3D>(z, dz, true, false);
    const dr = tf.matMul<tf.Tensor3D>(p, dt, true, false);
    const dq = tf.matMul<tf.Tensor3D>(p, dr, true, false);
    const fromT = tf.matMul<tf.Tensor3D>(dt, r, false, true);
    const fromR = tf.matMul<tf.Tensor3D>(dr, q, false, true);
    const dp = tf.sub<tf.Tensor3D>(tf.sub(fromR, fromT), dq);
    da.push(tf.matMul<tf.Tensor3D>(dp, z, false, true));
    dz = tf.add<tf.Tensor3D>(tf.matMul(dz, t, false, true), tf.matMul(a, dp, true, false));
    if (i > 3) dz = tf.mul<tf.Tensor3D>(dz, 0.25);
  }
  return [dz, tf.addN(da)];
}

function turned(x: tf.Tensor3D): tf.Tensor3D {
  return tf.transpose(x, [0, 2, 1]);
}
