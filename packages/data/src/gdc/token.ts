import { readFile, stat } from 'node:fs/promises';
import { inspect } from 'node:util';
import { DataError } from '../dataError.js';

/** A token is about 400 characters; what is longer is another file. */
const MOST_BYTES = 16_384;

/** A token for controlled-access data. Printing it, logging it or writing it as JSON shows that there is one. */
export class GdcToken {
  readonly #text: string;

  /**
   * @param where it came from, for the message.
   * @throws DataError if it is empty or has characters that no header may carry. The message never has the text.
   */
  constructor(text: string, where: string) {
    const trimmed = text.trim();
    if (trimmed === '')
      throw new DataError(where, 'it is empty; expected the token that the GDC portal gave you');
    if (!/^[\x21-\x7e]+$/.test(trimmed)) {
      throw new DataError(
        where,
        'it is no token: it has blanks, line ends or other characters a token has not',
      );
    }
    this.#text = trimmed;
  }

  /** The header that carries it; for the connection alone. */
  header(): Record<string, string> {
    return { 'X-Auth-Token': this.#text };
  }

  /** A text of a server without the token, should the server repeat it. */
  redact(text: string): string {
    return text.replaceAll(this.#text, '[token]');
  }

  toString(): string {
    return '[token]';
  }

  toJSON(): string {
    return '[token]';
  }

  [inspect.custom](): string {
    return '[token]';
  }
}

/**
 * The token in a file.
 *
 * @throws DataError if the file is missing, may be read by others, or holds no token.
 */
export async function readToken(path: string): Promise<GdcToken> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile())
    throw new DataError(path, 'no such file; expected the token that the GDC portal gave you');
  if (found.size > MOST_BYTES) throw new DataError(path, `${found.size} bytes are more than a token has`);
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    throw new DataError(path, 'others may read this token; chmod 600 it first');
  }
  return new GdcToken(await readFile(path, 'utf8'), path);
}
