import type { StateDict } from '@concord/backbone';
import { readStateDict, widen } from '@concord/data';
import type { NamedArray } from '@concord/nn';
import { openSafetensors, type TensorArray } from '@concord/safetensors';
import { FLOATS } from './floatNames.js';

/** A file holds something that is no weight. */
export class WeightsError extends Error {
  override readonly name = 'WeightsError';
}

/**
 * Read the weights of a file as float32, under the names that it gives them: safetensors by its ending, else a
 * state dict of torch.save, of which nothing is executed.
 *
 * @throws WeightsError naming a tensor that holds no floats; SafetensorsError or BagError for a broken file.
 */
export async function readWeights(path: string): Promise<StateDict> {
  if (!path.endsWith('.safetensors')) {
    const tensors = [...(await readStateDict(path))];
    return Object.fromEntries(tensors.map(([name, one]) => [name, asFloat32(path, name, one)]));
  }
  const file = openSafetensors(path);
  try {
    return Object.fromEntries(
      file.names.map((name) => {
        const { dtype, shape } = file.info(name);
        return [name, asFloat32(path, name, { dtype, shape, data: file.read(name) })];
      }),
    );
  } finally {
    file.close();
  }
}

function asFloat32(
  path: string,
  name: string,
  {
    dtype,
    shape,
    data,
  }: { readonly dtype: string; readonly shape: readonly number[]; readonly data: TensorArray },
): NamedArray {
  const float = FLOATS[dtype];
  if (!float) throw new WeightsError(`${path}: ${name} is ${dtype}; weights are floats`);
  const values = new Float32Array(data.length);
  widen(float, new Uint8Array(data.buffer, data.byteOffset, data.byteLength), values);
  return { shape, data: values };
}
