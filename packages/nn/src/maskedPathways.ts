import * as tf from '@tensorflow/tfjs-core';
import { pathwayInputLayer, pathwayLayout, type PathwayLayout } from './packedPathways.js';
import { requireShape, ShapeError } from './shape.js';
import { withGradient } from './withGradient.js';

/** Which entries of two masked layers are alive: made once for a set of pathways, owned by its maker. */
export interface MaskedLayout {
  readonly genes: number;
  readonly pathways: PathwayLayout;
  /** [packed genes] int32: where gene and pathway meet among the pairs of both. */
  readonly pairs: tf.Tensor1D;
  dispose(): void;
}

/**
 * @param pathways genes of each, as positions among `genes`; each pathway has at least one.
 * @throws RangeError for an empty pathway, or a gene that there is not.
 */
export function maskedLayout(pathways: readonly (readonly number[])[], genes: number): MaskedLayout {
  const layout = pathwayLayout(pathways.map((members) => members.length));
  const pairs = pathways.flatMap((members, pathway) =>
    members.map((gene) => {
      if (gene < 0 || gene >= genes) {
        throw new RangeError(`maskedLayout: pathway ${pathway} has gene ${gene}; there are ${genes}`);
      }
      return gene * pathways.length + pathway;
    }),
  );
  const index = tf.keep(tf.tensor1d(pairs, 'int32'));
  return {
    genes,
    pathways: layout,
    pairs: index,
    dispose: () => {
      layout.dispose();
      index.dispose();
    },
  };
}

/**
 * From genes to units of pathways, y = x (W ⊙ M) + b: M lets a gene through to the units of its pathways.
 *
 * W is dense, as published, and only what M lets through is read: what the mask stops gets a gradient of
 * exactly 0, as under a dense product, at a small part of its cost.
 *
 * @param genes [packed genes] float32, borrowed: expression in pathway order. Data: gets no gradient.
 * @param weight [genes, pathways · units], @param bias [pathways · units] float32, borrowed.
 * @returns [pathways, units] float32, owned by the caller.
 * @throws ShapeError if the widths do not fit.
 * @source mahmoodlab/SurvPath@3f73ddd, models/model_MaskedOmics.py.
 */
export function maskedInputLayer(
  layout: MaskedLayout,
  genes: tf.Tensor1D,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D,
): tf.Tensor2D {
  const { pathways } = layout.pathways;
  const [, width] = requireShape(weight, [layout.genes, 'pathways · units'], 'maskedInputLayer(weight)');
  requireShape(bias, [width!], 'maskedInputLayer(bias)');
  const units = unitsOf(width!, pathways, 'maskedInputLayer(weight)');
  return tf.tidy(() => {
    const alive = rowsOf(tf.reshape(weight, [layout.genes * pathways, units]), layout.pairs); // [packed, units]
    return pathwayInputLayer(layout.pathways, genes, alive, tf.reshape(bias, [pathways, units]));
  });
}

/**
 * From units of pathways to other units of the same pathways, y = x (W ⊙ M) + b, M block-diagonal.
 *
 * @param tokens [pathways, in] float32, borrowed.
 * @param weight [pathways · in, pathways · out], @param bias [pathways · out] float32, borrowed.
 * @returns [pathways, out] float32, owned by the caller.
 * @throws ShapeError if the widths do not fit.
 * @source as `maskedInputLayer`.
 */
export function maskedHiddenLayer(tokens: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  const [pathways, units] = requireShape(tokens, ['pathways', 'in'], 'maskedHiddenLayer(tokens)');
  const axes = [pathways! * units!, 'pathways · out'];
  const [rows, width] = requireShape(weight, axes, 'maskedHiddenLayer(weight)');
  requireShape(bias, [width!], 'maskedHiddenLayer(bias)');
  const out = unitsOf(width!, pathways!, 'maskedHiddenLayer(weight)');
  return tf.tidy(() => {
    // The out columns of unit r of all pathways, seen as rows: those of its own pathway, ⌊r / in⌋, are alive.
    const own = Int32Array.from({ length: rows! }, (_, r) => r * pathways! + Math.floor(r / units!));
    const diagonal = tf.tensor1d(own, 'int32');
    const alive = rowsOf(tf.reshape(weight, [rows! * pathways!, out]), diagonal);
    const blocks = tf.reshape(alive, [pathways!, units!, out]);
    const product = tf.matMul(tf.reshape(tokens, [pathways!, 1, units!]), blocks); // [pathways, 1, out]
    return tf.add<tf.Tensor2D>(tf.reshape(product, [pathways!, out]), tf.reshape(bias, [pathways!, out]));
  });
}

/** Rows by their positions, each at most once; the gradient of the others is 0. */
function rowsOf(matrix: tf.Tensor2D, index: tf.Tensor1D): tf.Tensor2D {
  const rows = withGradient<[tf.Tensor2D], tf.Tensor2D>((save, x) => {
    save([index]);
    return {
      value: tf.gather(x, index),
      gradFunc: (dy, [positions]) => tf.scatterND(tf.expandDims(positions!, 1), dy, x.shape),
    };
  });
  return rows(matrix);
}

function unitsOf(width: number, pathways: number, where: string): number {
  if (width % pathways !== 0) {
    throw new ShapeError(`${where}: ${width} columns are no whole number of units for ${pathways} pathways`);
  }
  return width / pathways;
}
