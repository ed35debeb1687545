import * as tf from '@tensorflow/tfjs-core';
import type { ForwardPass } from './forwardPass.js';
import { PATHWAY_DROPOUT } from './pathwayNetworks.js';
import { requireShape } from './shape.js';
import { withGradient } from './withGradient.js';

/** Pathways padded to one length: made once for a set of pathway sizes, owned by its maker. */
export interface PaddedPathways {
  readonly pathways: number;
  readonly genes: number;
  /** Genes of the longest pathway. */
  readonly longest: number;
  /** [pathways · longest] int32: the packed gene in each place; `genes`, one past the last, in an empty one. */
  readonly geneOf: tf.Tensor1D;
  /** [genes] int32: the place of each packed gene. */
  readonly placeOf: tf.Tensor1D;
  dispose(): void;
}

/** @param sizes genes of each pathway. @throws RangeError for an empty pathway. */
export function padPathways(sizes: readonly number[]): PaddedPathways {
  const longest = Math.max(...sizes);
  const genes = sizes.reduce((sum, size) => sum + size, 0);
  const geneOf = new Int32Array(sizes.length * longest).fill(genes);
  const placeOf = new Int32Array(genes);
  let gene = 0;
  sizes.forEach((size, pathway) => {
    if (!(size >= 1)) throw new RangeError(`padPathways: pathway ${pathway} has ${size} genes; needs one`);
    for (let i = 0; i < size; i++, gene++) {
      geneOf[pathway * longest + i] = gene;
      placeOf[gene] = pathway * longest + i;
    }
  });
  const kept = [geneOf, placeOf].map((data) => tf.keep(tf.tensor1d(data, 'int32')));
  return {
    ...{ pathways: sizes.length, genes, longest, geneOf: kept[0]!, placeOf: kept[1]! },
    dispose: () => tf.dispose(kept),
  };
}

/**
 * The first layer of all pathway networks for several cases at once: one product of padded pathways.
 *
 * @param genes [cases, genes] float32, borrowed: expression, packed in pathway order; gets no gradient.
 * @param weight [genes, width], @param bias [pathways, width] float32, borrowed.
 * @returns [pathways, cases, width] float32, owned by the caller.
 */
export function batchedPathwayInputLayer(
  padded: PaddedPathways,
  genes: tf.Tensor2D,
  weight: tf.Tensor2D,
  bias: tf.Tensor2D,
): tf.Tensor3D {
  const { pathways, longest } = padded;
  const [cases] = requireShape(genes, ['cases', padded.genes], 'batchedPathwayInputLayer(genes)');
  const [, width] = requireShape(weight, [padded.genes, 'width'], 'batchedPathwayInputLayer(weight)');
  requireShape(bias, [pathways, width!], 'batchedPathwayInputLayer(bias)');
  return tf.tidy(() => {
    // An empty place holds expression 0, so that it does not matter which weights it meets.
    const withZero = tf.concat([tf.transpose(genes), tf.zeros([1, cases!])]);
    const expression = tf.reshape(tf.gather(withZero, padded.geneOf), [pathways, longest, cases!]);
    const row = tf.minimum(padded.geneOf, tf.scalar(padded.genes - 1, 'int32'));
    const layer = withGradient<[tf.Tensor2D], tf.Tensor3D>((save, w) => {
      save([expression]);
      const weights = tf.reshape(tf.gather(w, row), [pathways, longest, width!]);
      return {
        value: tf.matMul(expression, weights, true, false),
        gradFunc: (dy, [saved]) => {
          const inPlaces = tf.matMul(saved!, dy as tf.Tensor3D);
          return tf.gather(tf.reshape(inPlaces, [pathways * longest, width!]), padded.placeOf);
        },
      };
    });
    return tf.add(layer(weight), tf.expandDims(bias, 1));
  });
}

/**
 * `pathwayNetworks` of several cases at once.
 *
 * @param pass opened for the batch, see openBatchPass.
 * @param genes [cases, genes] float32, borrowed.
 * @returns [pathways, cases, out] float32, owned by the caller.
 */
export function batchedPathwayNetworks(
  pass: ForwardPass,
  padded: PaddedPathways,
  genes: tf.Tensor2D,
  { prefix = 'sig_networks', blocks = 2 } = {},
): tf.Tensor3D {
  let tokens: tf.Tensor3D | undefined;
  for (let block = 0; block < blocks; block++) {
    const layer = `${prefix}.*.${block}.0`;
    const name = `pathways.${block}`;
    const weight = pass.weight(`${layer}.weight`);
    const bias = pass.weight<tf.Tensor2D>(`${layer}.bias`);
    const affine: tf.Tensor3D = tokens
      ? tf.add(tf.matMul(tokens, weight as tf.Tensor3D, false, true), tf.expandDims(bias, 1))
      : batchedPathwayInputLayer(padded, genes, weight as tf.Tensor2D, bias);
    const activated = pass.see(`${name}.elu`, tf.elu(pass.see(`${name}.linear`, affine)));
    tokens = pass.alphaDropout(`${name}.dropout`, activated, PATHWAY_DROPOUT);
  }
  return tokens!;
}
