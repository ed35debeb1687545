import type { GdcAnswer, GdcConnection } from './connection.js';
import { GdcError } from './gdcError.js';
import { finishedPath, unfinishedPath } from './localFile.js';
import type { ManifestEntry } from './manifest.js';
import { PartialFile } from './partialFile.js';
import { withRetries, type Patience } from './retry.js';

/** How one file is fetched. */
export interface FetchOptions extends Patience {
  readonly signal?: AbortSignal;
  /** So many more bytes came and were written. */
  readonly heard?: (bytes: number) => void;
}

/** How a file came. */
export interface FetchedFile {
  readonly path: string;
  readonly size: number;
  readonly md5: string;
  /** Bytes that an earlier run had left and that were not fetched again. */
  readonly resumedAt: number;
  /** Bytes that came and were written in this run. */
  readonly bytesFetched: number;
  readonly requests: number;
  /** Who said what the MD5 has to be; `nobody` if neither did. */
  readonly checkedBy: 'manifest and server' | 'manifest' | 'server' | 'nobody';
}

/** A connection that breaks again and again, and brings less than this each time, gets nowhere. */
const PROGRESS_BYTES = 65_536;

/**
 * Fetch one file, going on where an earlier run or a broken connection stopped. Size and MD5 are compared with
 * the manifest and with what the server says; the file gets its name only when they agree. Wrong bytes are
 * fetched once more.
 *
 * @throws GdcError if it is refused, does not come, or is wrong twice; DiskError if it cannot be written. What
 *   came of it is left for the next run unless it was wrong.
 * @source NCI-GDC/gdc-docs@880f321, API/Users_Guide/Downloading_Files: Range, Content-MD5.
 */
export async function fetchFile(
  connection: GdcConnection,
  entry: ManifestEntry,
  folder: string,
  options: FetchOptions = {},
): Promise<FetchedFile> {
  const partial = await PartialFile.open(unfinishedPath(folder, entry), options.signal);
  const transfer = new Transfer(connection, entry, partial, options);
  try {
    const md5 = await transfer.whole();
    const path = finishedPath(folder, entry);
    await partial.finish(path);
    const { resumedAt, bytesFetched, requests, checkedBy } = transfer;
    return { path, size: partial.size, md5, resumedAt, bytesFetched, requests, checkedBy };
  } catch (error) {
    await partial.close();
    throw error;
  }
}

/** All that was sent came, and it is not the file of the manifest. */
export class WrongBytes extends GdcError {}

class Transfer {
  readonly resumedAt: number;
  bytesFetched = 0;
  requests = 0;
  /** What the server said of the file, once it said something. */
  #size: number | undefined;
  #md5: string | undefined;
  /** What it sent with a part: the MD5 of the file, or of the part. */
  #partMd5: string | undefined;
  #disagreements = 0;
  readonly #where: string;
  /** Most bytes that were ever there: only what goes beyond counts as progress. */
  #furthest: number;

  constructor(
    private readonly connection: GdcConnection,
    private readonly entry: ManifestEntry,
    private readonly partial: PartialFile,
    private readonly options: FetchOptions,
  ) {
    this.#where = `${entry.id} (${entry.filename})`;
    this.resumedAt = partial.size;
    this.#furthest = partial.size;
  }

  get checkedBy(): FetchedFile['checkedBy'] {
    if (this.entry.md5 === undefined) return this.#md5 === undefined ? 'nobody' : 'server';
    return this.#md5 === undefined ? 'manifest' : 'manifest and server';
  }

  private get size(): number | undefined {
    return this.entry.size ?? this.#size;
  }

  /** Fetch until size and MD5 are right; the MD5. */
  async whole(): Promise<string> {
    for (let round = 1; ; round += 1) {
      // More than the file has cannot be the file's beginning.
      if (this.size !== undefined && this.partial.size > this.size) await this.partial.restart();
      while (!(await this.step())) this.#furthest = Math.max(this.#furthest, this.partial.size);
      const found = this.partial.md5;
      if (found === this.#partMd5) this.#md5 = found;
      const expected = this.entry.md5 ?? this.#md5;
      if (expected === undefined || expected === found) return found;
      await this.partial.restart();
      this.#furthest = 0;
      if (round === 2) {
        throw new WrongBytes(
          this.#where,
          `its bytes have MD5 ${found}, expected ${expected}; it was fetched twice, nothing was kept`,
        );
      }
    }
  }

  /** Requests until all bytes are there (true), or until some came and the connection broke (false). */
  private step(): Promise<boolean> {
    return withRetries(
      async () => {
        try {
          if (this.isIncomplete()) await this.request();
          return true;
        } catch (error) {
          const advanced = this.partial.size - this.#furthest >= PROGRESS_BYTES;
          if (error instanceof GdcError && error.transient && advanced && error.status === undefined)
            return false;
          throw error;
        }
      },
      this.options,
      this.options.signal,
    );
  }

  /** A file of no bytes is asked for, too: the server may refuse it. */
  private isIncomplete(): boolean {
    if (this.size === undefined || this.partial.size < this.size) return true;
    return this.size === 0 && this.requests === 0;
  }

  /** One request for what is missing. Returns when all of it is there. */
  private async request(): Promise<void> {
    const from = this.partial.size;
    this.requests += 1;
    const { signal } = this.options;
    const answer = await this.connection.get(
      `/data/${this.entry.id}`,
      // Another encoding would make ranges and lengths mean something else.
      { 'Accept-Encoding': 'identity', ...(from > 0 && { Range: `bytes=${from}-` }) },
      { ...(signal && { signal }), allowed: [416] },
    );
    try {
      if (!(await this.accept(answer, from))) return answer.discard();
    } catch (error) {
      answer.discard();
      throw error;
    }
    for await (const block of answer.body) {
      const room = this.size === undefined ? Infinity : this.size - this.partial.size;
      if (block.length > room) {
        await this.partial.restart();
        throw this.broken(`more than its ${this.size} bytes came`);
      }
      await this.partial.append(block);
      this.bytesFetched += block.length;
      this.options.heard?.(block.length);
    }
    if (this.size !== undefined && this.partial.size < this.size) {
      throw this.broken(`the connection ended after ${this.partial.size} of ${this.size} bytes`);
    }
  }

  /**
   * Check that the answer is the part that was asked for, and make the partial file ready for it.
   *
   * @returns whether there is anything left to take.
   */
  private async accept(answer: GdcAnswer, from: number): Promise<boolean> {
    const encoding = answer.header('content-encoding') ?? 'identity';
    if (encoding !== 'identity') {
      throw new GdcError(this.#where, `the server encodes it as ${encoding}, which was not asked for`);
    }
    if (answer.status === 416) {
      if (from === 0)
        throw new GdcError(this.#where, 'HTTP 416 to a request without a range', { status: 416 });
      const total = /^bytes \*\/(\d+)$/.exec(answer.header('content-range')?.trim() ?? '')?.[1];
      if (total !== undefined) this.learnSize(Number(total));
      if (this.size === from) return false;
      await this.partial.restart();
      throw this.broken(`the server has no bytes from ${from} on (HTTP 416)`);
    }
    if (answer.status === 206) {
      const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.header('content-range')?.trim() ?? '');
      if (!range || Number(range[1]) !== from) {
        await this.partial.restart();
        throw this.broken(
          `asked for bytes from ${from}, got "${answer.header('content-range') ?? 'no range'}"`,
        );
      }
      if (range[2] !== '*') this.learnSize(Number(range[2]));
    } else if (answer.status === 200) {
      const length = answer.header('content-length');
      if (length !== undefined) this.learnSize(Number(length));
    } else {
      throw new GdcError(this.#where, `HTTP ${answer.status}; expected 200 or 206`, {
        status: answer.status,
      });
    }
    // With a part, HTTP would have it be the part's (RFC 1864): then it can agree with the file, not speak against it.
    if (answer.status === 200) this.learnMd5(answer.header('content-md5'));
    else this.#partMd5 = md5Of(answer.header('content-md5') ?? '');
    // Only now is it known to be the file: all of it, although a part was asked for.
    if (answer.status === 200 && from > 0) await this.partial.restart();
    return true;
  }

  private learnSize(size: number): void {
    this.#size = size;
    if (this.entry.size === undefined || this.entry.size === size) return;
    throw this.disagreement(
      `the server has ${size} bytes of it, the manifest says ${this.entry.size}; is the manifest of another release?`,
    );
  }

  private learnMd5(header: string | undefined): void {
    const md5 = header === undefined ? undefined : md5Of(header);
    if (md5 === undefined) return;
    this.#md5 = md5;
    if (this.entry.md5 === undefined || this.entry.md5 === md5) return;
    throw this.disagreement(
      `the server says its MD5 is ${md5}, the manifest says ${this.entry.md5}; is the manifest of another release?`,
    );
  }

  /** A gateway may answer with a page of its own, so the file is asked for again, up to twice. */
  private disagreement(problem: string): GdcError {
    this.#disagreements += 1;
    return new GdcError(this.#where, problem, { transient: this.#disagreements <= 2 });
  }

  private broken(problem: string): GdcError {
    return new GdcError(this.#where, problem, { transient: true });
  }
}

/** The GDC writes hexadecimal digits; HTTP (RFC 1864) has base64. */
function md5Of(header: string): string | undefined {
  const text = header.trim();
  if (/^[0-9A-Fa-f]{32}$/.test(text)) return text.toLowerCase();
  return /^[A-Za-z0-9+/]{22}==$/.test(text) ? Buffer.from(text, 'base64').toString('hex') : undefined;
}
