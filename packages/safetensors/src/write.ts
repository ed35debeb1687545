import { ARRAYS, type TensorData } from './dtype.js';
import { SafetensorsError } from './error.js';
import { createSafetensors } from './stream.js';

/**
 * Write tensors to a file: to a temporary one beside it first, which takes the name when all of it is on
 * disk, so that a reader never sees half a file. Tensors are written one after the other, never joined.
 *
 * @param metadata text by name, for the header.
 * @throws SafetensorsError if a tensor's array does not fit its dtype or shape; the system's error if the
 *   disk is full or the folder cannot be written, with nothing left behind.
 */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, TensorData>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    const count = shape.reduce((product, n) => product * n, 1);
    if (!(data instanceof ARRAYS[dtype]) || data.length !== count) {
      const given = `${data.constructor.name} of ${data.length}`;
      throw new SafetensorsError(
        path,
        `tensor ${name}: ${given} is no ${dtype} of shape [${shape.join(', ')}]`,
      );
    }
  }
  const file = await createSafetensors(path, tensors, metadata);
  try {
    for (const { data } of Object.values(tensors)) {
      await file.write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
    await file.finish();
  } catch (error) {
    await file.abort();
    throw error;
  }
}
