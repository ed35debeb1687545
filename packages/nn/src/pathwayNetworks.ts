import * as tf from '@tensorflow/tfjs-core';
import type { Draw } from './draws.js';
import type { ForwardPass } from './forwardPass.js';
import { pathwayHiddenLayer, pathwayInputLayer, type PathwayLayout } from './packedPathways.js';

/** Alpha dropout of every published self-normalising block. */
export const PATHWAY_DROPOUT = 0.25;

/**
 * The self-normalising networks of all pathways at once: blocks x ↦ AlphaDropout(ELU(W x + b)), each pathway
 * with weights of its own. Weights lie packed under `<prefix>.*.<block>.0`: the first block's as [genes, out],
 * gene by gene, later ones' as [pathways, out, in]; biases as [pathways, out].
 *
 * Taps and draws are `pathways.<block>.linear`, `….elu`, `….dropout`.
 *
 * @param genes [genes] float32, borrowed: expression, packed in pathway order; gets no gradient.
 * @param blocks how many; every published backbone has two or three.
 * @returns [pathways, out] float32, owned by the caller.
 * @source mahmoodlab/SurvPath@3f73ddd, models/layers/layers.py, `SNN_Block`.
 */
export function pathwayNetworks(
  pass: ForwardPass,
  layout: PathwayLayout,
  genes: tf.Tensor1D,
  { prefix = 'sig_networks', blocks = 2 } = {},
): tf.Tensor2D {
  let tokens: tf.Tensor2D | undefined;
  for (let block = 0; block < blocks; block++) {
    const layer = `${prefix}.*.${block}.0`;
    const name = `pathways.${block}`;
    const bias = pass.weight<tf.Tensor2D>(`${layer}.bias`);
    const weight = `${layer}.weight`;
    const affine: tf.Tensor2D = tokens
      ? pathwayHiddenLayer(tokens, pass.weight(weight), bias, pass.factorsOf(weight))
      : pathwayInputLayer(layout, genes, pass.weight(weight), bias);
    const activated = pass.see(`${name}.elu`, tf.elu(pass.see(`${name}.linear`, affine)));
    tokens = pass.alphaDropout(`${name}.dropout`, activated, PATHWAY_DROPOUT);
  }
  return tokens!;
}

/** Draws of `pathwayNetworks` in one training step. @param widths of the blocks' outputs. */
export function pathwayNetworkDraws(pathways: number, widths: readonly number[]): Draw[] {
  return widths.map((width, block) => ({
    name: `pathways.${block}.dropout`,
    kind: 'keep',
    shape: [pathways, width],
    p: PATHWAY_DROPOUT,
  }));
}

/** Shapes of the weights of `pathwayNetworks`. @param sizes genes of each pathway. */
export function pathwayNetworkShapes(
  sizes: readonly number[],
  widths: readonly number[],
  prefix = 'sig_networks',
): Record<string, readonly number[]> {
  const genes = sizes.reduce((sum, size) => sum + size, 0);
  const shapes = widths.map((width, block) => ({
    [`${prefix}.*.${block}.0.weight`]:
      block === 0 ? [genes, width] : [sizes.length, width, widths[block - 1]!],
    [`${prefix}.*.${block}.0.bias`]: [sizes.length, width],
  }));
  return Object.assign({}, ...shapes) as Record<string, readonly number[]>;
}
