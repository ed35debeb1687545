import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { ARRAYS, type TensorData } from './dtype.js';
import { SafetensorsError } from './error.js';

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
  const header = encodeHeader(path, tensors, metadata);
  const partial = `${path}.${randomBytes(6).toString('hex')}.partial`;
  const file = await open(partial, 'wx');
  try {
    await file.write(header);
    for (const { data } of Object.values(tensors)) {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      for (let done = 0; done < bytes.length;) done += (await file.write(bytes, done)).bytesWritten;
    }
    await file.sync();
    await file.close();
    await rename(partial, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  }
}

/** Length and JSON, padded with spaces so that the data begins at a multiple of 8. */
function encodeHeader(
  path: string,
  tensors: Readonly<Record<string, TensorData>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let position = 0;
  const entries = Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
    const count = shape.reduce((product, n) => product * n, 1);
    if (!(data instanceof ARRAYS[dtype]) || data.length !== count) {
      const given = `${data.constructor.name} of ${data.length}`;
      throw new SafetensorsError(
        path,
        `tensor ${name}: ${given} is no ${dtype} of shape [${shape.join(', ')}]`,
      );
    }
    const begin = position;
    position += data.byteLength;
    return [name, { dtype, shape, data_offsets: [begin, position] }] as const;
  });
  const described = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  const json = new TextEncoder().encode(JSON.stringify({ ...described, ...Object.fromEntries(entries) }));
  const padded = Math.ceil((8 + json.length) / 8) * 8;
  const header = new Uint8Array(padded).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(padded - 8), true);
  header.set(json, 8);
  return header;
}
