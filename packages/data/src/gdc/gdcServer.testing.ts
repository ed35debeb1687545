import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ManifestEntry } from './manifest.js';

/** A request as the server saw it, with the bytes of body that went out. */
export interface Served {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** First byte of the file that was sent, where a file was. */
  from: number;
  bytes: number;
}

/** Answers instead of the server, or returns false to let it answer. */
export type Fault = (
  request: Served,
  response: ServerResponse,
  file: Buffer | undefined,
) => boolean | Promise<boolean>;

/** A server that answers as the GDC documents, on a port of this machine. */
export interface GdcTestServer {
  readonly url: string;
  readonly served: Served[];
  /** Asked before every answer. */
  fault: Fault;
  /** Adds a file; its entry for a manifest. */
  add(bytes: Buffer, facts?: { filename?: string; id?: string }): ManifestEntry;
  /** Answers of `/files`, `/cases`, `/status` and so on, by path. */
  readonly answers: Map<string, (question: Record<string, unknown>) => unknown>;
  /** Requests for files, without those for anything else. */
  dataRequests(): Served[];
  close(): Promise<void>;
}

/** Start one. Files are served with Range, Content-MD5 and Content-Disposition; unknown ids are refused with 404. */
export async function startGdcServer(): Promise<GdcTestServer> {
  const files = new Map<string, { bytes: Buffer; filename: string; md5: string }>();
  const served: Served[] = [];
  const sockets = new Set<Socket>();
  const answers: GdcTestServer['answers'] = new Map([
    [
      '/status',
      () => ({ status: 'OK', data_release: 'Data Release 43.0 - May 07, 2025', tag: '7.9', version: 1 }),
    ],
  ]);

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const blocks: Buffer[] = [];
    for await (const block of request as AsyncIterable<Buffer>) blocks.push(block);
    const { method = '', url = '', headers } = request;
    const seen: Served = {
      ...{ method, url, headers, body: Buffer.concat(blocks).toString('utf8') },
      ...{ from: 0, bytes: 0 },
    };
    served.push(seen);
    const file = files.get(url.replace(/^\/data\//, ''));
    if (await server.fault(seen, response, file?.bytes)) return;
    const known = answers.get(url);
    if (known)
      return sendJson(response, 200, known(JSON.parse(seen.body || '{}') as Record<string, unknown>));
    if (!file) return sendJson(response, 404, { message: `The requested URL ${url} was not found` });
    sendFile(seen, response, file);
  };
  const http: Server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  http.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));

  let next = 0;
  const server: GdcTestServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    ...{ served, answers, fault: () => false },
    add(bytes, facts = {}) {
      next += 1;
      const id = facts.id ?? `00000000-0000-4000-8000-${String(next).padStart(12, '0')}`;
      const filename = facts.filename ?? `file-${next}.bin`;
      const md5 = createHash('md5').update(bytes).digest('hex');
      files.set(id, { bytes, filename, md5 });
      return { id, filename, md5, size: bytes.length, state: 'released', extra: new Map(), line: next + 1 };
    },
    dataRequests: () => served.filter(({ url }) => url.startsWith('/data/')),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return server;
}

/** JSON with its content type, as the GDC answers questions and refuses files. */
export function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function sendFile(
  seen: Served,
  response: ServerResponse,
  { bytes, filename, md5 }: { bytes: Buffer; filename: string; md5: string },
): void {
  const range = /^bytes=(\d+)-$/.exec(seen.headers.range ?? '');
  const from = range ? Number(range[1]) : 0;
  if (from > 0 && from >= bytes.length) {
    response.writeHead(416, { 'Content-Range': `bytes */${bytes.length}` }).end();
    return;
  }
  const part = bytes.subarray(from);
  seen.from = from;
  seen.bytes = part.length;
  response
    .writeHead(range ? 206 : 200, {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename=${filename}`,
      'Content-MD5': md5,
      'Content-Length': part.length,
      ...(range && { 'Content-Range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    })
    .end(part);
}
