import type { ForwardPass, Mode } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import { proxyCount, type PibdConfig } from './config.js';

/** What a forward pass draws beside dropout. Means over samples stand for the samples: all that follows is linear. */
export interface Randomness {
  /** Mean noise of the proxies, [sub-bags, proxies, width], one row of sub-bags for pathways. */
  proxies(side: Side): tf.Tensor3D;
  /** Mean noise of the joint distribution, [sub-bags, width]. */
  joint(): tf.Tensor2D;
  /** [sub-bags · size] int32: the patches of each sub-bag, one below the other. */
  subBags(patches: number, size: number): tf.Tensor1D;
}

/** The two bottlenecks, by the names of their taps and draws. */
export type Side = 'omics' | 'wsi';

/**
 * The draws of a pass. An evaluation that reseeds has one noise for everything: the joint distribution takes the
 * first proxy's, where the generator starts; and after the first sub-bag the order is always the same.
 */
export function randomness(pass: ForwardPass, config: PibdConfig, mode: Mode): Randomness {
  const { subBags, samples, width } = config;
  const proxies = proxyCount(config);
  const reseeds = config.reseeds && mode === 'evaluation';
  const mean = (name: string, shape: number[]): tf.Tensor => tf.mean(pass.draw(name, shape), -2);
  const repeated = (): tf.Tensor2D => mean('noise', [proxies, samples, width]) as tf.Tensor2D;
  return {
    proxies(side) {
      const rows = side === 'omics' ? 1 : subBags;
      if (!reseeds) return mean(`${side}.noise`, [rows, proxies, samples, width]) as tf.Tensor3D;
      return tf.tile(tf.expandDims<tf.Tensor3D>(repeated()), [rows, 1, 1]);
    },
    joint() {
      if (!reseeds) return mean('poe.noise', [subBags, samples, width]) as tf.Tensor2D;
      return tf.tile(tf.slice(repeated(), 0, 1), [subBags, 1]);
    },
    subBags(patches, size) {
      const orders = Array.from({ length: subBags }, (_, i) => {
        const name = `subBag.${reseeds ? Math.min(i, 1) : i}.order`;
        return tf.slice(pass.draw(name, [patches]) as tf.Tensor1D, 0, size);
      });
      return tf.concat(orders);
    },
  };
}
