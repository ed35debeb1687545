import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { ARRAYS, type Dtype } from './dtype.js';
import { SafetensorsError } from './error.js';

/** What the header says of a tensor before its bytes are there. */
export interface TensorPlan {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

/** A file that is being written from front to back: it has its name only after `finish`. */
export interface SafetensorsStream {
  /** Append little-endian bytes: tensors in the order of the plan, each in C order. */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Flush to disk and take the name.
   *
   * @param metadata replaces the first one where it was not known before the bytes were (a digest of them); it
   *   has to take the same room.
   * @throws SafetensorsError if bytes are missing or too many, or the metadata does not fit.
   */
  finish(metadata?: Readonly<Record<string, string>>): Promise<void>;
  /** Leave nothing behind. Harmless after `finish`. */
  abort(): Promise<void>;
}

/**
 * Begin a file whose tensors do not fit in memory together.
 *
 * @param plan dtype and shape by name; the bytes follow in this order.
 * @param metadata text by name, for the header.
 * @param alignment the data begins at a multiple of so many bytes; default 8.
 */
export async function createSafetensors(
  path: string,
  plan: Readonly<Record<string, TensorPlan>>,
  metadata: Readonly<Record<string, string>> = {},
  alignment = 8,
): Promise<SafetensorsStream> {
  const { header, dataBytes } = encodeHeader(plan, metadata, alignment);
  const partial = `${path}.${randomBytes(6).toString('hex')}.partial`;
  const file = await open(partial, 'wx');
  let written = 0;
  const append = async (bytes: Uint8Array) => {
    for (let done = 0; done < bytes.length;) done += (await file.write(bytes, done)).bytesWritten;
  };
  const abort = async () => {
    await file.close().catch(() => undefined);
    await rm(partial, { force: true });
  };
  try {
    await append(header);
  } catch (error) {
    await abort();
    throw error;
  }
  return {
    async write(bytes) {
      await append(bytes);
      written += bytes.length;
    },
    async finish(replaced) {
      if (written !== dataBytes) {
        throw new SafetensorsError(path, `${written} bytes were written, its header announces ${dataBytes}`);
      }
      if (replaced) {
        const again = encodeHeader(plan, replaced, alignment).header;
        if (again.length !== header.length) {
          throw new SafetensorsError(path, `its metadata take ${again.length} bytes, not ${header.length}`);
        }
        await file.write(again, 0, again.length, 0);
      }
      await file.sync();
      await file.close();
      await rename(partial, path);
    },
    abort,
  };
}

/** Length and JSON, padded with spaces so that the data begins where it is aligned. */
function encodeHeader(
  plan: Readonly<Record<string, TensorPlan>>,
  metadata: Readonly<Record<string, string>>,
  alignment: number,
): { header: Uint8Array; dataBytes: number } {
  let position = 0;
  const entries = Object.entries(plan).map(([name, { dtype, shape }]) => {
    const begin = position;
    position += shape.reduce((product, n) => product * n, ARRAYS[dtype].BYTES_PER_ELEMENT);
    return [name, { dtype, shape, data_offsets: [begin, position] }] as const;
  });
  const described = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  const json = new TextEncoder().encode(JSON.stringify({ ...described, ...Object.fromEntries(entries) }));
  const padded = Math.ceil((8 + json.length) / alignment) * alignment;
  const header = new Uint8Array(padded).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(padded - 8), true);
  header.set(json, 8);
  return { header, dataBytes: position };
}
