import * as tf from '@tensorflow/tfjs-core';

/** Patches by cluster, as tensors owned by the caller's `tidy`. */
export interface ClusterMembership {
  /** [clusters, patches]: one over the number of its patches where a patch is in the cluster, else 0. */
  readonly shares: tf.Tensor2D;
  /** [clusters, 1]: 1 where a cluster has no patch. */
  readonly empty: tf.Tensor2D;
}

/**
 * @param clusterOf [patches] cluster of each patch.
 * @throws RangeError for a cluster that there is not, or another number of patches.
 */
export function clusterMembership(
  clusterOf: Int32Array,
  clusters: number,
  patches: number,
): ClusterMembership {
  if (clusterOf.length !== patches) {
    throw new RangeError(
      `clusterMembership: clusters of ${clusterOf.length} patches for a bag of ${patches}`,
    );
  }
  const counts = new Array<number>(clusters).fill(0);
  for (const cluster of clusterOf) {
    if (!(cluster >= 0 && cluster < clusters)) {
      throw new RangeError(`clusterMembership: a patch is in cluster ${cluster} of ${clusters}`);
    }
    counts[cluster]!++;
  }
  const shares = new Float32Array(clusters * patches);
  clusterOf.forEach((cluster, patch) => (shares[cluster * patches + patch] = 1 / counts[cluster]!));
  return {
    shares: tf.tensor2d(shares, [clusters, patches]),
    empty: tf.tensor2d(
      counts.map((count) => (count === 0 ? 1 : 0)),
      [clusters, 1],
    ),
  };
}
