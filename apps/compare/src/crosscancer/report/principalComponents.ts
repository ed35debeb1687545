import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Points on the axes along which they vary most. */
export interface PrincipalComponents {
  /** [points][2]; of each axis the farthest point is on the positive side. */
  readonly scores: readonly (readonly [number, number])[];
  /** Share of all variance along each axis. */
  readonly shares: readonly [number, number];
}

/**
 * The first two principal components, from the covariance of columns or of rows, whichever is smaller.
 *
 * @param points [points][width], three points or more, width two or more.
 * @throws Error if all points are the same.
 * @source Pearson 1901; Jolliffe 2002, section 3.5 for the covariance of rows.
 */
export function principalComponents(points: readonly (readonly number[])[]): PrincipalComponents {
  const centred = new Matrix(points as number[][]).center('column');
  const { rows, columns } = centred;
  const turned = centred.transpose();
  const byColumns = columns <= rows;
  const products = byColumns ? turned.mmul(centred) : centred.mmul(turned);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(products, {
    assumeSymmetric: true,
  });
  const total = products.trace();
  if (!(total > 0)) throw new Error('all embeddings are the same');
  const order = realEigenvalues.map((value, i) => [value, i] as const).sort(([a], [b]) => b - a);
  const axes = [0, 1].map((axis) => {
    const [value, column] = order[axis]!;
    const vector = eigenvectorMatrix.subMatrix(0, eigenvectorMatrix.rows - 1, column, column);
    const scores = byColumns ? centred.mmul(vector) : vector.mul(Math.sqrt(Math.max(0, value)));
    const farthest = scores.to1DArray().reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
    return { scores: scores.mul(farthest < 0 ? -1 : 1).to1DArray(), share: value / total };
  });
  return {
    scores: points.map((_, i) => [axes[0]!.scores[i]!, axes[1]!.scores[i]!]),
    shares: [axes[0]!.share, axes[1]!.share],
  };
}
