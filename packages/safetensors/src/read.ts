import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { ARRAYS, type TensorArray } from './dtype.js';
import { SafetensorsError } from './error.js';
import { MAX_HEADER_BYTES, parseHeader, type TensorInfo } from './header.js';

/** An open file whose tensors are read one at a time. */
export interface SafetensorsFile {
  readonly path: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly names: readonly string[];
  has(name: string): boolean;
  /** @throws SafetensorsError if there is no such tensor. */
  info(name: string): TensorInfo;
  /** The tensor's numbers, in C order. @throws SafetensorsError if there is no such tensor. */
  read(name: string): TensorArray;
  /**
   * Fill `into` with the tensor's bytes from byte `from` on, so that some rows are read without the rest.
   *
   * @throws SafetensorsError if there is no such tensor, or it ends before `into` is full.
   */
  readInto(name: string, into: Uint8Array, from?: number): void;
  close(): void;
}

export interface OpenOptions {
  /** A longer header is refused before it is read; default 100 000 000, the format's own limit. */
  readonly maxHeaderBytes?: number;
}

/** One read call takes less than 2 GiB. */
const MAX_READ = 2 ** 30;

/** Open a safetensors file and check its header. @throws SafetensorsError. */
export function openSafetensors(path: string, options: OpenOptions = {}): SafetensorsFile {
  const { maxHeaderBytes = MAX_HEADER_BYTES } = options;
  let handle: number;
  try {
    handle = openSync(path, 'r');
  } catch (error) {
    throw new SafetensorsError(path, `cannot be opened (${(error as NodeJS.ErrnoException).code})`);
  }
  try {
    const size = fstatSync(handle).size;
    if (size < 8) throw new SafetensorsError(path, `has ${size} bytes; a safetensors file has at least 8`);
    const headerBytes = Number(new DataView(readBytes(path, handle, 0, 8)).getBigUint64(0, true));
    if (headerBytes > maxHeaderBytes || headerBytes > size - 8) {
      throw new SafetensorsError(
        path,
        `announces a header of ${headerBytes} bytes in a file of ${size}, at most ${maxHeaderBytes} are read; it is truncated or no safetensors file`,
      );
    }
    const start = 8 + headerBytes;
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readBytes(path, handle, 8, headerBytes));
    const { tensors, metadata } = parseHeader(path, text, size - start);
    const info = (name: string): TensorInfo => {
      const found = tensors.get(name);
      if (found) return found;
      const some = [...tensors.keys()].slice(0, 12).join(', ');
      throw new SafetensorsError(path, `has no tensor ${name}; it has ${tensors.size}: ${some}`);
    };
    return {
      path,
      metadata,
      names: [...tensors.keys()],
      has: (name) => tensors.has(name),
      info,
      read(name) {
        const { dtype, begin, end } = info(name);
        const array = ARRAYS[dtype];
        const bytes = readBytes(path, handle, start + begin, end - begin);
        return new array(bytes, 0, (end - begin) / array.BYTES_PER_ELEMENT);
      },
      readInto(name, into, from = 0) {
        const { begin, end } = info(name);
        if (from < 0 || from + into.length > end - begin) {
          const asked = `bytes ${from} to ${from + into.length}`;
          throw new SafetensorsError(path, `tensor ${name} has ${end - begin} bytes, asked for ${asked}`);
        }
        fill(path, handle, into, start + begin + from);
      },
      close: () => closeSync(handle),
    };
  } catch (error) {
    closeSync(handle);
    if (error instanceof TypeError) throw new SafetensorsError(path, 'the header is not UTF-8');
    throw error;
  }
}

function readBytes(path: string, handle: number, from: number, length: number): ArrayBuffer {
  const bytes = new Uint8Array(length);
  fill(path, handle, bytes, from);
  return bytes.buffer;
}

function fill(path: string, handle: number, bytes: Uint8Array, from: number): void {
  const { length } = bytes;
  let done = 0;
  while (done < length) {
    const got = readSync(handle, bytes, done, Math.min(length - done, MAX_READ), from + done);
    if (got === 0) throw new SafetensorsError(path, `ends ${length - done} bytes early; it is truncated`);
    done += got;
  }
}
