import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectGdc, type ConnectionOptions } from './connection.js';
import { downloadFiles } from './download.js';
import { sendJson, startGdcServer, type GdcTestServer } from './gdcServer.testing.js';
import { gdcRelease } from './release.js';
import { GdcToken, readToken } from './token.js';

const SECRET = 'ALL-of-this-is-secret/+=0123456789';
let server: GdcTestServer;
let folder: string;
beforeEach(async () => {
  server = await startGdcServer();
  folder = mkdtempSync(join(tmpdir(), 'connection-'));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** Ask for the release over a connection of its own. */
async function ask(options: ConnectionOptions) {
  const gdc = connectGdc({ baseUrl: server.url, env: {}, ...options });
  try {
    return await gdcRelease(gdc, { retries: 0 });
  } finally {
    await gdc.close();
  }
}

describe('a token', () => {
  const token = () => new GdcToken(` ${SECRET}\n`, 'test');

  it('is sent, and shown nowhere', async () => {
    await ask({ token: token() });
    expect(server.served[0]!.headers['x-auth-token']).toBe(SECRET);
    const shown = [
      `${String(token())}`,
      JSON.stringify({ t: token() }),
      inspect({ t: token() }, { showHidden: true }),
    ];
    expect(shown.join()).not.toContain('secret');
    expect(JSON.stringify(connectGdc({ token: token() }))).not.toContain('secret');
  });

  it('is in no error, report or file, not even where the server repeats it', async () => {
    const entry = server.add(Buffer.alloc(10));
    server.fault = ({ url }, response) => {
      if (!url.startsWith('/data/')) return false;
      sendJson(response, 403, { message: `Your token ${SECRET} is invalid or expired` });
      return true;
    };
    const gdc = connectGdc({ baseUrl: server.url, env: {}, token: token() });
    const report = await downloadFiles(gdc, { source: 'm', entries: [entry], notes: [] }, folder);
    await gdc.close();
    expect(report.files[0]!.problem).toMatch(
      /403 "Your token \[token\] is invalid or expired"; the token may have/,
    );
    expect(inspect(report, { depth: 9 })).not.toContain('secret');
    server.fault = (_request, response) => {
      response.socket!.destroy();
      return true;
    };
    const error = await ask({ token: token() }).catch((reason: unknown) => reason);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('secret');
  });

  it('comes from a file that is its owner\u2019s alone', async () => {
    const path = join(folder, 'token');
    writeFileSync(path, `${SECRET}\n`, { mode: 0o600 });
    expect((await readToken(path)).header()).toEqual({ 'X-Auth-Token': SECRET });
    chmodSync(path, 0o644);
    await expect(readToken(path)).rejects.toThrow(/others may read this token; chmod 600 it first/);
    await expect(readToken(join(folder, 'no'))).rejects.toThrow(/no such file; expected the token/);
    for (const [text, words] of [
      ['', /it is empty/],
      ['two words', /it is no token/],
      [SECRET.repeat(1000), /bytes are more than a token has/],
    ] as const) {
      writeFileSync(path, text, { mode: 0o600 });
      chmodSync(path, 0o600);
      const error = await readToken(path).catch((reason: unknown) => reason as Error);
      expect((error as Error).message).toMatch(words);
      expect((error as Error).message).not.toContain('words');
    }
  });

  it('never travels in the clear', () => {
    expect(() => connectGdc({ baseUrl: 'http://mirror.example', token: token() })).toThrow(
      /a token is sent over https alone; mirror.example is asked over http/,
    );
  });
});

describe('connectGdc', () => {
  it.each(['ftp://x', 'x', '', 'http://', 'https://u:p@x/', 'https://x/?a', 'https://x/#a'])(
    'refuses the base URL %j',
    (baseUrl) => {
      expect(() => connectGdc({ baseUrl })).toThrow(/^base URL: /);
    },
  );

  it('goes through the proxy that the environment names, unless no_proxy says otherwise', async () => {
    const asked: string[] = [];
    const sockets: Socket[] = [];
    const proxy = createServer().on('connect', ({ url }, socket: Socket) => {
      asked.push(url!);
      const { port } = new URL(server.url);
      const onward = connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      sockets.push(socket, onward);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const http_proxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      // A host that only the proxy can find.
      const baseUrl = 'http://gdc.invalid:8080';
      expect(await ask({ baseUrl, env: { http_proxy } })).toMatch(/^Data Release/);
      expect(asked).toEqual(['gdc.invalid:8080']);
      expect(await ask({ env: { HTTP_PROXY: http_proxy, NO_PROXY: '127.0.0.1' } })).toMatch(/^Data Release/);
      expect(asked.length).toBe(1);
    } finally {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => proxy.close(resolve));
    }
  });

  it('takes a server that says nothing for broken', async () => {
    server.fault = () => true;
    const begun = performance.now();
    await expect(ask({ stallMs: 300 })).rejects.toThrow(/GET \/status: the connection broke/);
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});

it('a mirror without /status has no release', async () => {
  server.answers.delete('/status');
  expect(await ask({})).toBeUndefined();
});
