import * as tf from '@tensorflow/tfjs-core';
import { isNative } from './backend.js';
import type { OuterProduct } from './gradient.js';
import { attribute, rawOp } from './native.js';
import { requireShape } from './shape.js';
import { withGradient } from './withGradient.js';

/** Where each packed gene belongs: made once for a set of pathway sizes, owned by its maker. */
export interface PathwayLayout {
  readonly pathways: number;
  readonly genes: number;
  /** [genes] int32: the pathway of each packed gene, ascending. */
  readonly pathwayOf: tf.Tensor1D;
  dispose(): void;
}

/**
 * @param sizes genes of each pathway; each at least 1.
 * @throws RangeError for an empty pathway, which has no expression vector.
 */
export function pathwayLayout(sizes: readonly number[]): PathwayLayout {
  const owner = sizes.flatMap((size, pathway) => {
    if (!Number.isInteger(size) || size < 1) {
      throw new RangeError(`pathwayLayout: pathway ${pathway} has ${size} genes; each needs at least one`);
    }
    return new Array<number>(size).fill(pathway);
  });
  const pathwayOf = tf.keep(tf.tensor1d(owner, 'int32'));
  return {
    pathways: sizes.length,
    genes: owner.length,
    pathwayOf,
    dispose: () => pathwayOf.dispose(),
  };
}

/**
 * The first layer of all pathway networks at once: every pathway has its own Linear from its genes to
 * `width`. The ragged weights lie packed, gene by gene, so that one product and one segment sum replace
 * hundreds of small layers.
 *
 * @param genes [genes] float32, borrowed: expression, packed in pathway order. Data: gets no gradient.
 * @param weight [genes, width], @param bias [pathways, width] float32, borrowed.
 * @returns [pathways, width] float32, owned by the caller.
 */
export function pathwayInputLayer(
  layout: PathwayLayout,
  genes: tf.Tensor1D,
  weight: tf.Tensor2D,
  bias: tf.Tensor2D,
): tf.Tensor2D {
  requireShape(genes, [layout.genes], 'pathwayInputLayer(genes)');
  const [, width] = requireShape(weight, [layout.genes, 'width'], 'pathwayInputLayer(weight)');
  requireShape(bias, [layout.pathways, width!], 'pathwayInputLayer(bias)');
  return tf.tidy(() => {
    const expression = tf.reshape(genes, [layout.genes, 1]);
    const layer = withGradient<[tf.Tensor2D], tf.Tensor2D>((save, w) => {
      save([expression]);
      return {
        value: sumPathways(layout, tf.mul(w, expression)),
        gradFunc: (dy, [saved]) => tf.mul(tf.gather(dy, layout.pathwayOf), saved!),
      };
    });
    return tf.add(layer(weight), bias);
  });
}

/** [genes, width] → [pathways, width]. wasm has no segment sum: there a product with the membership. */
function sumPathways({ pathways, pathwayOf }: PathwayLayout, products: tf.Tensor2D): tf.Tensor2D {
  if (isNative()) {
    const attributes = [attribute.float32(), attribute.int32('Tindices')];
    return rawOp('SegmentSum', attributes, [products, pathwayOf]) as tf.Tensor2D;
  }
  return tf.tidy(() => {
    const membership = tf.cast(tf.oneHot(pathwayOf, pathways), 'float32') as tf.Tensor2D;
    return tf.matMul(membership, products, true, false);
  });
}

/**
 * The second layer of all pathway networks at once: a Linear of its own for each pathway.
 *
 * @param tokens [pathways, in] float32, borrowed.
 * @param weight [pathways, out, in], @param bias [pathways, out] float32, borrowed.
 * @param take is given the weight's gradient as factors, which it owns; the weight then gets no other.
 * @returns [pathways, out] float32, owned by the caller.
 */
export function pathwayHiddenLayer(
  tokens: tf.Tensor2D,
  weight: tf.Tensor3D,
  bias: tf.Tensor2D,
  take?: (factors: OuterProduct) => void,
): tf.Tensor2D {
  const [pathways, width] = requireShape(tokens, ['pathways', 'in'], 'pathwayHiddenLayer(tokens)');
  const [, out] = requireShape(weight, [pathways!, 'out', width!], 'pathwayHiddenLayer(weight)');
  requireShape(bias, [pathways!, out!], 'pathwayHiddenLayer(bias)');
  return tf.tidy(() =>
    tf.add(take ? factoredProduct(tokens, weight, take) : hiddenProduct(tokens, weight), bias),
  );
}

const hiddenProduct = withGradient<[tf.Tensor2D, tf.Tensor3D], tf.Tensor2D>((save, x, w) => {
  const [pathways, out, width] = w.shape;
  save([x, w]);
  return {
    value: ofEach(x, w, true),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [input, weight] = saved as [tf.Tensor2D, tf.Tensor3D];
      return [
        ofEach(dy as tf.Tensor2D, weight, false),
        tf.matMul(tf.reshape(dy, [pathways, out, 1]), tf.reshape(input, [pathways, 1, width])),
      ];
    },
  };
});

/** The same, with the gradient of the weight as factors. */
function factoredProduct(
  tokens: tf.Tensor2D,
  weight: tf.Tensor3D,
  take: (factors: OuterProduct) => void,
): tf.Tensor2D {
  return withGradient<[tf.Tensor2D], tf.Tensor2D>((save, x) => {
    save([x]);
    return {
      value: ofEach(x, weight, true),
      gradFunc: (dy: tf.Tensor, [input]: tf.Tensor[]) => {
        take({ left: tf.keep(dy.clone()) as tf.Tensor2D, right: tf.keep(input!.clone()) as tf.Tensor2D });
        return ofEach(dy as tf.Tensor2D, weight, false);
      },
    };
  })(tokens);
}

/** Row p of x times matrix p of `weights`, transposed or not. */
function ofEach(x: tf.Tensor2D, weights: tf.Tensor3D, transposed: boolean): tf.Tensor2D {
  const [pathways, width] = x.shape;
  const products = tf.matMul(tf.reshape(x, [pathways, 1, width]), weights, false, transposed);
  return tf.reshape(products, [pathways, -1]);
}
