import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { BagError } from './bagError.js';

/** A file that is read in pieces, by position; nothing is kept of it. */
export interface FileBytes {
  readonly path: string;
  /** In bytes, when it was opened. */
  readonly size: number;
  /** Fill `into` from that byte on. @throws BagError if the file ends before. */
  read(into: Uint8Array, position: number): void;
  close(): void;
}

/** One read call takes less than 2 GiB. */
const MAX_READ = 2 ** 30;

/** @throws BagError if the path is no file that can be opened. */
export function openBytes(path: string): FileBytes {
  let handle: number;
  try {
    handle = openSync(path, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new BagError(
      'unreadable',
      path,
      code === 'ENOENT' ? 'no such file' : `cannot be opened (${code ?? String(error)})`,
    );
  }
  const stat = fstatSync(handle);
  if (!stat.isFile()) {
    closeSync(handle);
    throw new BagError('unreadable', path, 'is not a file; give the file of one slide');
  }
  return {
    path,
    size: stat.size,
    read(into, position) {
      for (let done = 0; done < into.length;) {
        const got = readSync(handle, into, done, Math.min(into.length - done, MAX_READ), position + done);
        if (got === 0) {
          const missing = into.length - done;
          throw new BagError(
            'truncated',
            path,
            `ends ${missing} bytes early (it has ${stat.size}); copy or extract it again`,
          );
        }
        done += got;
      }
    },
    close: () => closeSync(handle),
  };
}

/** A piece of a file as bytes of its own. @throws BagError if the file ends before. */
export function readPiece(file: FileBytes, position: number, length: number): Uint8Array {
  if (position < 0 || length < 0 || position + length > file.size) {
    throw new BagError(
      'truncated',
      file.path,
      `points to bytes ${position} to ${position + length}, it has ${file.size}; it is truncated or damaged`,
    );
  }
  const bytes = new Uint8Array(length);
  file.read(bytes, position);
  return bytes;
}
