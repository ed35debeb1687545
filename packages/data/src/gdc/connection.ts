import { gunzipSync } from 'node:zlib';
import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import { DataError } from '../dataError.js';
import { GdcError } from './gdcError.js';
import type { GdcToken } from './token.js';
import { clipped } from './uuid.js';

/** Where the GDC serves its data. */
export const GDC_API = 'https://api.gdc.cancer.gov';

/** A page of 1,000 cases with everything in it has some 20 MB. */
const MOST_JSON_BYTES = 2 ** 27;
const MOST_MESSAGE_BYTES = 4096;
/** Below this many bytes in one `stallMs` an answer counts as broken: slow lines are not, dripping ones are. */
const LEAST_BYTES = 1024;

/** How the GDC, or a mirror of it, is reached. */
export interface ConnectionOptions {
  /** Default the public API. */
  readonly baseUrl?: string;
  /** Sent to `baseUrl` alone, and never in the clear but to this machine. */
  readonly token?: GdcToken;
  /** Where http_proxy, https_proxy and no_proxy are looked up; default the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** An answer that brings nothing for so long is broken; default 60,000 ms. */
  readonly stallMs?: number;
}

/** An answer whose body is still on its way. It has to be read to its end, or `discard`ed. */
export interface GdcAnswer {
  readonly status: number;
  /** By lower-case name. */
  header(name: string): string | undefined;
  /** Blocks of the body; throws GdcError (transient) if it breaks off or stalls. */
  readonly body: AsyncIterable<Buffer>;
  discard(): void;
}

/** A way to the GDC. */
export interface GdcConnection {
  readonly baseUrl: string;
  /** @throws GdcError for any status but 2xx and, where `allowed` names it, others. */
  get(path: string, headers: Readonly<Record<string, string>>, options: AskOptions): Promise<GdcAnswer>;
  /** The JSON that answers a GET, or a POST where there is a question. */
  json(path: string, question: object | undefined, options: AskOptions): Promise<unknown>;
  close(): Promise<void>;
}

/** What goes with a request. */
export interface AskOptions {
  readonly signal?: AbortSignal;
  /** Statuses that are an answer, not an error. */
  readonly allowed?: readonly number[];
}

/**
 * Make ready to ask the GDC; nothing is sent yet.
 *
 * @throws DataError if the URL is none, or a token would travel in the clear.
 * @source NCI-GDC/gdc-docs@880f321, API: X-Auth-Token, error bodies `{"message": …}`.
 */
export function connectGdc(options: ConnectionOptions = {}): GdcConnection {
  const { token, env = process.env, stallMs = 60_000 } = options;
  const baseUrl = parseBaseUrl(options.baseUrl ?? GDC_API, token);
  const proxy = (name: string) => env[name.toLowerCase()] ?? env[name.toUpperCase()] ?? '';
  // The connection watches for stalls itself: its clock also counts bytes that come too slowly to matter.
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy: proxy('http_proxy'),
    httpsProxy: proxy('https_proxy'),
    noProxy: proxy('no_proxy'),
    connect: { timeout: stallMs },
    headersTimeout: stallMs,
    bodyTimeout: 0,
  });

  const ask = async (
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string | undefined,
    { signal, allowed = [] }: AskOptions,
  ): Promise<GdcAnswer> => {
    const where = `${method} ${path}`;
    let response: Dispatcher.ResponseData;
    try {
      // Redirects are not followed: they would take the token to another host.
      response = await request(`${baseUrl}${path}`, {
        ...{ dispatcher, method, body: body ?? null, signal: signal ?? null },
        headers: { 'User-Agent': 'concord', ...headers, ...token?.header() },
      });
    } catch (error) {
      throw signal?.aborted ? signal.reason : brokenBy(error, where);
    }
    const answer = answerOf(response, where, stallMs, signal);
    if ((response.statusCode >= 200 && response.statusCode < 300) || allowed.includes(response.statusCode)) {
      return answer;
    }
    throw await refusal(answer, where, token);
  };

  return {
    baseUrl,
    get: (path, headers, asked) => ask('GET', path, headers, undefined, asked),
    async json(path, question, asked) {
      const headers = { Accept: 'application/json', 'Accept-Encoding': 'identity' };
      const answer =
        question === undefined
          ? await ask('GET', path, headers, undefined, asked)
          : await ask(
              ...(['POST', path, { ...headers, 'Content-Type': 'application/json' }] as const),
              JSON.stringify(question),
              asked,
            );
      return parseJson(await wholeBody(answer, path), answer, path, token);
    },
    close: () => dispatcher.destroy(),
  };
}

function parseBaseUrl(text: string, token: GdcToken | undefined): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new DataError('base URL', `"${clipped(text)}" is no http or https address`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new DataError('base URL', 'expected host and path alone, without user name, password, ? or #');
  }
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (token && url.protocol === 'http:' && !local) {
    throw new DataError('base URL', `a token is sent over https alone; ${url.host} is asked over http`);
  }
  return url.href.replace(/\/+$/, '');
}

function answerOf(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  where: string,
  stallMs: number,
  signal: AbortSignal | undefined,
): GdcAnswer {
  return {
    status: statusCode,
    header: (name) => {
      const value = headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: watched(body, where, stallMs, signal),
    // An error that arrives after nobody listens any more would end the process.
    discard: () => void body.on('error', () => {}).destroy(),
  };
}

/** Blocks as they come, and an error if too few do. */
async function* watched(
  body: Dispatcher.ResponseData['body'],
  where: string,
  stallMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void> {
  let recent = 0;
  let waiting = true;
  const clock = setInterval(() => {
    // Time that our own disk takes is not the server's.
    if (waiting && recent < LEAST_BYTES) body.destroy(new Error(`nothing came for ${stallMs / 1000} s`));
    recent = 0;
  }, stallMs);
  try {
    for await (const block of body as AsyncIterable<Buffer>) {
      recent += block.length;
      waiting = false;
      yield block;
      waiting = true;
    }
  } catch (error) {
    throw signal?.aborted ? signal.reason : brokenBy(error, where);
  } finally {
    clearInterval(clock);
    body.on('error', () => {}).destroy();
  }
}

function brokenBy(error: unknown, where: string): GdcError {
  const { message, code, cause } = error as NodeJS.ErrnoException & { cause?: NodeJS.ErrnoException };
  const reason = message || cause?.message || code || 'unknown reason';
  return new GdcError(where, `the connection broke: ${reason}`, { transient: true, cause: error });
}

async function refusal(answer: GdcAnswer, where: string, token: GdcToken | undefined): Promise<GdcError> {
  const { status } = answer;
  const said = await messageOf(answer, token).catch(() => '');
  const location = status >= 300 && status < 400 ? answer.header('location') : undefined;
  const hint = location
    ? `; it points to ${clipped(location)}, give that as base URL`
    : hintFor(status, token);
  const retryAfterMs = retryAfter(answer.header('retry-after'));
  return new GdcError(where, `HTTP ${status}${said && ` "${said}"`}${hint}`, {
    status,
    transient: status === 408 || status === 429 || status >= 500,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function hintFor(status: number, token: GdcToken | undefined): string {
  if (status !== 401 && status !== 403) return '';
  return token ? '; the token may have expired or not cover it' : '; controlled access needs a token';
}

/** What the server says is wrong, from the first 4 kB of its answer. */
async function messageOf(answer: GdcAnswer, token: GdcToken | undefined): Promise<string> {
  const blocks: Buffer[] = [];
  let size = 0;
  for await (const block of answer.body) {
    blocks.push(block);
    size += block.length;
    if (size >= MOST_MESSAGE_BYTES) break;
  }
  const text = Buffer.concat(blocks).subarray(0, MOST_MESSAGE_BYTES).toString('utf8');
  return sayable(text, token);
}

function sayable(text: string, token: GdcToken | undefined): string {
  let said = text;
  try {
    const { message, error } = JSON.parse(text) as { message?: unknown; error?: unknown };
    const named = [message, error].find((value) => typeof value === 'string');
    if (named !== undefined) said = named;
  } catch {
    // A proxy's page of HTML says nothing in its tags.
    said = text.replaceAll(/<[^>]*>/g, ' ');
  }
  const words = said.replaceAll(/\s+/g, ' ').trim();
  return clipped(token ? token.redact(words) : words, 200);
}

/** Seconds or a date, as HTTP has it. */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seconds = /^\s*\d+\s*$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : undefined;
}

async function wholeBody(answer: GdcAnswer, path: string): Promise<Buffer> {
  const blocks: Buffer[] = [];
  let size = 0;
  for await (const block of answer.body) {
    size += block.length;
    if (size > MOST_JSON_BYTES) {
      throw new GdcError(path, `the answer has more than ${MOST_JSON_BYTES} bytes; ask for fewer at a time`);
    }
    blocks.push(block);
  }
  const whole = Buffer.concat(blocks);
  const encoding = answer.header('content-encoding') ?? 'identity';
  if (encoding === 'identity') return whole;
  if (encoding !== 'gzip') throw new GdcError(path, `the answer is encoded as ${clipped(encoding)}`);
  try {
    return gunzipSync(whole, { maxOutputLength: MOST_JSON_BYTES });
  } catch (error) {
    throw new GdcError(path, 'the answer is not the gzip that it says it is, or too large', { cause: error });
  }
}

function parseJson(bytes: Buffer, answer: GdcAnswer, path: string, token: GdcToken | undefined): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    const said = sayable(bytes.subarray(0, MOST_MESSAGE_BYTES).toString('utf8'), token);
    const type = answer.header('content-type') ?? 'no content type';
    // A gateway that is overloaded may answer 200 with a page; the next try may be whole.
    throw new GdcError(path, `expected JSON, got ${clipped(type)}: "${said}"`, {
      transient: true,
      cause: error,
    });
  }
}
