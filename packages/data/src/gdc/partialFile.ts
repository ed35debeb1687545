import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, rename, rm, rmdir, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DataError } from '../dataError.js';

/** The target takes no more, or nothing at all. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  constructor(
    readonly where: string,
    problem: string,
    /** Whether it is about this file alone: others may still be written. */
    readonly thisFileOnly: boolean,
    cause: unknown,
  ) {
    super(`${where}: ${problem}`, { cause });
  }
}

const DISK_PROBLEMS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space and run it again, it goes on where it stopped',
  EDQUOT: 'the quota is used up; free some space and run it again, it goes on where it stopped',
  EFBIG: 'the file is larger than this system lets a file be (file system, or ulimit -f)',
  EROFS: 'the file system is read-only; name another folder',
  EACCES: 'it may not be written to; name another folder or change its permissions',
  EPERM: 'it may not be written to; name another folder or change its permissions',
  EIO: 'the disk reports an error',
  EMFILE: 'too many files are open; ask for fewer at once',
};

const THIS_FILE_ONLY: ReadonlySet<string> = new Set(['EFBIG', 'EACCES', 'EPERM']);

/** An error of the file system in words, as a DiskError; others as they are. */
export function asDiskError(where: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const problem = code === undefined ? undefined : DISK_PROBLEMS[code];
  return problem ? new DiskError(where, `${problem} (${code})`, THIS_FILE_ONLY.has(code!), error) : error;
}

/**
 * An unfinished file that grows at its end, with the MD5 of all that is in it. It gets its own name only when it
 * is whole.
 */
export class PartialFile {
  #hash: Hash = createHash('md5');
  #size = 0;

  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
  ) {}

  /**
   * Open what an earlier run left, or begin. What is there is read once, for its MD5.
   *
   * @throws DiskError if it cannot be written; DataError if its folder leads elsewhere.
   */
  static async open(path: string, signal?: AbortSignal): Promise<PartialFile> {
    const folder = dirname(path);
    try {
      await mkdir(folder, { recursive: true });
      // A link would take what is downloaded out of the folder that was asked for.
      if ((await lstat(folder)).isSymbolicLink())
        throw new DataError(folder, 'it is a link; expected a folder');
      const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
      const partial = new PartialFile(path, await open(path, flags, 0o644));
      try {
        await partial.readBack(signal);
        return partial;
      } catch (error) {
        await partial.close();
        throw error;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ELOOP') {
        throw new DataError(path, 'it is a link; expected an unfinished download');
      }
      throw asDiskError(path, error);
    }
  }

  /** Bytes that are there. */
  get size(): number {
    return this.#size;
  }

  /** Of all bytes that are there. */
  get md5(): string {
    return this.#hash.copy().digest('hex');
  }

  /** @throws DiskError if the disk takes it no more; what was written stays. */
  async append(block: Buffer): Promise<void> {
    try {
      for (let done = 0; done < block.length;) {
        const { bytesWritten } = await this.file.write(block, done, block.length - done, this.#size);
        // Counted as written, so that size and hash are right even if the next write fails.
        this.#hash.update(block.subarray(done, done + bytesWritten));
        this.#size += bytesWritten;
        done += bytesWritten;
      }
    } catch (error) {
      throw asDiskError(this.path, error);
    }
  }

  /** Forget everything and begin again. */
  async restart(): Promise<void> {
    await this.file.truncate(0).catch((error: unknown) => {
      throw asDiskError(this.path, error);
    });
    this.#hash = createHash('md5');
    this.#size = 0;
  }

  /** Give the file its name, after its bytes have reached the disk; closes it. */
  async finish(path: string): Promise<void> {
    try {
      await this.file.sync();
      await this.file.close();
      await rename(this.path, path);
    } catch (error) {
      throw asDiskError(path, error);
    }
  }

  /** Leave it for the next run; one without bytes is removed, with its folder if nothing else is there. */
  async close(): Promise<void> {
    await this.file.close();
    if (this.#size > 0) return;
    await rm(this.path, { force: true });
    await rmdir(dirname(this.path)).catch(() => {});
  }

  private async readBack(signal: AbortSignal | undefined): Promise<void> {
    const block = Buffer.allocUnsafeSlow(2 ** 20);
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await this.file.read(block, 0, block.length, this.#size);
      if (bytesRead === 0) return;
      this.#hash.update(block.subarray(0, bytesRead));
      this.#size += bytesRead;
    }
  }
}
