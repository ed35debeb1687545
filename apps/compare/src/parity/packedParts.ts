import type { TensorQuantity } from './quantity.js';
import type { HostTensor } from './tensor.js';

/**
 * Weights that hold several layers, stacked along their first axis. Each is judged by its own scale: the
 * gradient of the values is a thousand times that of queries and keys, and would hide a mistake in them.
 */
const STACKED: Readonly<Record<string, readonly string[]>> = {
  'attention.qkv.weight': ['query', 'key', 'value'],
};

/** A quantity, or its parts where it is a stack of several. */
export function packedParts(quantity: TensorQuantity): TensorQuantity[] {
  const parts = STACKED[quantity.name];
  if (!parts) return [quantity];
  return parts.map((part, i) => {
    const cut = (tensor: HostTensor): HostTensor => slab(tensor, i, parts.length);
    const { published } = quantity;
    return {
      ...quantity,
      name: quantity.name.replace('qkv', part),
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
