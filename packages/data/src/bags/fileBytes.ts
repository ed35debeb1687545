import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { BagError } from './bagError.js';

/** A file that is read in pieces, by position; nothing is kept of it. */
export interface FileBytes {
  readonly path: string;
  /** In bytes, when it was opened. */
  readonly size: number;
  /** Fill `into` from that byte on. @throws BagError if the file ends before. */
  read(into: Uint8Array, position: number): void;
  /** The same on a thread of the system, while this one goes on; settle all of them before closing. */
  readBeside(into: Uint8Array, position: number): Promise<void>;
  close(): void;
}

/** One read call takes less than 2 GiB. */
const MAX_READ = 2 ** 30;
const readOnThread = promisify(read);

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
    throw new BagError('unreadable', path, 'is not a file');
  }
  const endsEarly = (missing: number) =>
    new BagError(
      'truncated',
      path,
      `ends ${missing} bytes early (it has ${stat.size}); copy or extract it again`,
    );
  return {
    path,
    size: stat.size,
    read(into, position) {
      for (let done = 0; done < into.length;) {
        const got = readSync(handle, into, done, Math.min(into.length - done, MAX_READ), position + done);
        if (got === 0) throw endsEarly(into.length - done);
        done += got;
      }
    },
    async readBeside(into, position) {
      for (let done = 0; done < into.length;) {
        const length = Math.min(into.length - done, MAX_READ);
        const { bytesRead } = await readOnThread(handle, into, done, length, position + done);
        if (bytesRead === 0) throw endsEarly(into.length - done);
        done += bytesRead;
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
