import { kmeans } from 'ml-kmeans';
import { DataError } from '../dataError.js';

/** Rounds after which clusters that still move a little are taken as they are. */
const ROUNDS = 30;

/**
 * k-means clusters of a case's patches, from k-means++ centres; the same for the same seed.
 *
 * A bag with no more patches than clusters gets one cluster for each patch, and the other clusters stay empty.
 *
 * @param patches [count, width] features, row by row.
 * @returns [count] cluster of each patch, from 0 below `clusters`.
 * @throws DataError if the bag is empty or its features are no whole number of rows, or not finite.
 */
export function clusterPatches(
  patches: Float32Array,
  width: number,
  clusters: number,
  seed: number,
): Int32Array {
  const count = patches.length / width;
  if (count < 1 || !Number.isInteger(count)) {
    throw new DataError(
      'clusterPatches',
      `${patches.length} numbers are no bag of patches of width ${width}`,
    );
  }
  if (!patches.every(Number.isFinite)) {
    throw new DataError('clusterPatches', 'features hold NaN or infinity, which are in no cluster');
  }
  if (count <= clusters) return Int32Array.from({ length: count }, (_, i) => i);
  const rows = Array.from({ length: count }, (_, i) => [...patches.subarray(i * width, (i + 1) * width)]);
  const { clusters: found } = kmeans(rows, clusters, { seed, maxIterations: ROUNDS });
  return Int32Array.from(found);
}
