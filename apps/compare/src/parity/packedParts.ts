import type { TensorQuantity } from './quantity.js';
import type { HostTensor } from './tensor.js';

/** Weights that stack several layers along their first axis, and the layers' names. */
export type Stacked = Readonly<Record<string, readonly string[]>>;

/**
 * A quantity, or its parts where it is a stack of several. Each is judged by its own scale: the gradient of an
 * attention's values is a thousand times that of queries and keys, and would hide a mistake in them.
 */
export function packedParts(quantity: TensorQuantity, stacked: Stacked): TensorQuantity[] {
  const parts = stacked[quantity.name];
  if (!parts) return [quantity];
  return parts.map((part, i) => {
    const cut = (tensor: HostTensor): HostTensor => slab(tensor, i, parts.length);
    const { published } = quantity;
    return {
      ...quantity,
      name: partName(quantity.name, part),
      ts: cut(quantity.ts),
      oracle: cut(quantity.oracle),
      torch32: cut(quantity.torch32),
      ...(published && { published: cut(published) }),
    };
  });
}

/** The i-th of `count` equal slabs along the first axis, without a copy. */
function slab({ data, shape }: HostTensor, i: number, count: number): HostTensor {
  const length = data.length / count;
  return { data: data.subarray(i * length, (i + 1) * length), shape: [shape[0]! / count, ...shape.slice(1)] };
}

/** `attention.query.weight` for `attention.qkv.weight`: the stack's own name is replaced by the part's. */
function partName(name: string, part: string): string {
  const [kind, ...layer] = name.split('.').reverse();
  return [...layer.slice(1).reverse(), part, kind].join('.');
}
