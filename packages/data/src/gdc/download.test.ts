import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { connectGdc, type GdcConnection } from './connection.js';
import { downloadFiles, type DownloadOptions } from './download.js';
import { planDownload } from './downloadPlan.js';
import { sendJson, startGdcServer, type Fault, type GdcTestServer } from './gdcServer.testing.js';
import { lockFolder } from './folderLock.js';
import { finishedPath, unfinishedPath } from './localFile.js';
import type { Manifest, ManifestEntry } from './manifest.js';
import { verifyFiles } from './verify.js';

let server: GdcTestServer;
let gdc: GdcConnection;
let folder: string;

beforeEach(async () => {
  server = await startGdcServer();
  gdc = connectGdc({ baseUrl: server.url, env: {}, stallMs: 400 });
  folder = mkdtempSync(join(tmpdir(), 'download-'));
});
afterEach(async () => {
  await gdc.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const manifestOf = (...entries: ManifestEntry[]): Manifest => ({ source: 'm.txt', entries, notes: [] });
const download = (manifest: Manifest, options: DownloadOptions = {}) =>
  downloadFiles(gdc, manifest, folder, { backoffMs: 1, retries: 3, ...options });
const bytesOf = (entry: ManifestEntry) => readFileSync(finishedPath(folder, entry));
/** Everything below the folder, without the folders themselves and the record of releases. */
const left = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((found) =>
    found.isDirectory() || found.name === 'concord-downloads.jsonl' ? [] : [found.name],
  );
/** A fault for the first n requests for files. */
const first = (n: number, fault: Fault): Fault => {
  let count = 0;
  return (request, response, file) => {
    if (!request.url.startsWith('/data/') || count >= n) return false;
    count += 1;
    return fault(request, response, file);
  };
};
/** A whole number of a range, from a seed. */
function dice(seed: number): (least: number, most: number) => number {
  // Seeds that are near each other begin alike; digests of them do not.
  const generator = xoroshiro128plus(createHash('sha256').update(String(seed)).digest().readInt32LE());
  return (least, most) => uniformInt(generator, least, most);
}

/** Send a part of what was asked for, announce all of it, and close the connection when it is on its way. */
function breakOffAfter(bytes: number): Fault {
  return (seen, response, file) => {
    const from = Number(/bytes=(\d+)-/.exec(seen.headers.range ?? '')?.[1] ?? 0);
    const part = file!.subarray(from, from + bytes);
    const rest = file!.length - from;
    Object.assign(seen, { from, bytes: part.length });
    response.writeHead(from ? 206 : 200, {
      'Content-Length': rest,
      ...(from && { 'Content-Range': `bytes ${from}-${file!.length - 1}/${file!.length}` }),
    });
    response.flushHeaders();
    response.write(part, () => response.socket?.destroy());
    return true;
  };
}

describe('downloadFiles', () => {
  it('lays files out as the official client does, with the release; a second run downloads nothing', async () => {
    const entries = [
      server.add(randomBytes(5_000_000), { filename: 'a b.svs' }),
      server.add(randomBytes(1)),
      server.add(Buffer.alloc(0)),
      server.add(Buffer.from([0x1f, 0x8b, 8, 0]), { filename: 'x.tsv.gz' }),
    ];
    const manifest = manifestOf(...entries);
    const report = await download(manifest);
    expect(report).toMatchObject({
      ...{ ok: true, bytesFetched: 5_000_005, release: 'Data Release 43.0 - May 07, 2025' },
      counts: { fetched: 4, present: 0, refused: 0, failed: 0, stopped: 0 },
    });
    expect(report.files[0]!.fetched).toMatchObject({ requests: 1, checkedBy: 'manifest and server' });
    for (const entry of entries) {
      expect(createHash('md5').update(bytesOf(entry)).digest('hex')).toBe(entry.md5);
    }
    expect(left().sort()).toEqual(['a b.svs', 'file-2.bin', 'file-3.bin', 'x.tsv.gz']);
    expect((await verifyFiles(manifest, folder)).ok).toBe(true);

    const record = readFileSync(join(folder, 'concord-downloads.jsonl'), 'utf8').trim().split('\n');
    const recorded = record.map((line) => JSON.parse(line) as { id: string; release: string });
    expect(recorded.map(({ id }) => id).sort()).toEqual(entries.map(({ id }) => id));
    expect(recorded[0]).toMatchObject({ release: report.release, from: server.url });

    const before = server.dataRequests().length;
    expect(await download(manifest)).toMatchObject({ ok: true, bytesFetched: 0, counts: { present: 4 } });
    expect(server.dataRequests().length).toBe(before);
  });

  it('replaces a file that is there and wrong', async () => {
    const entry = server.add(randomBytes(1000));
    mkdirSync(dirname(finishedPath(folder, entry)));
    writeFileSync(finishedPath(folder, entry), Buffer.alloc(1000));
    expect(await download(manifestOf(entry))).toMatchObject({ ok: true, counts: { fetched: 1 } });
    expect((await verifyFiles(manifestOf(entry), folder)).ok).toBe(true);
  });

  it('takes nothing of what the official client left unfinished', async () => {
    const entry = server.add(randomBytes(1000));
    mkdirSync(join(folder, entry.id, 'logs'), { recursive: true });
    writeFileSync(join(folder, entry.id, `${entry.filename}.partial`), Buffer.alloc(1000));
    writeFileSync(join(folder, entry.id, 'logs', `${entry.filename}.parcel`), 'pickle');
    expect(await download(manifestOf(entry))).toMatchObject({ ok: true, bytesFetched: 1000 });
  });

  it('goes on after 20 broken connections, and fetches nothing twice but what was in flight', async () => {
    const size = 2 ** 26;
    const entry = server.add(randomBytes(size));
    const random = dice(11);
    let broken = 0;
    server.fault = (request, response, file) => {
      if (!file || broken === 20) return false;
      broken += 1;
      return breakOffAfter(random(100_000, 2 ** 22))(request, response, file);
    };
    const report = await download(manifestOf(entry), { retries: 1 });
    expect(report.ok).toBe(true);
    expect(bytesOf(entry).equals(await wholeFile(entry))).toBe(true);
    const requests = server.dataRequests();
    expect(requests.length).toBe(21);
    const served = requests.reduce((sum, { bytes }) => sum + bytes, 0);
    // What a connection carried when it broke and was not read yet: less than a block of 64 KiB each, on average.
    expect(served - size).toBeLessThanOrEqual(20 * 65_536);
    expect(report.bytesFetched).toBe(size);
  });

  it('goes on after 20 runs were ended at random', async () => {
    const size = 2 ** 26;
    const entry = server.add(randomBytes(size));
    const random = dice(12);
    let written = 0;
    for (let run = 0; run < 20; run += 1) {
      const stop = new AbortController();
      const until = written + random(100_000, 3_000_000);
      const progress = {
        ...{ checking() {}, start() {}, file() {} },
        bytes(count: number) {
          written += count;
          if (written >= until) stop.abort(new Error('ended'));
        },
      };
      await expect(download(manifestOf(entry), { signal: stop.signal, progress })).rejects.toThrow('ended');
      expect(statSync(unfinishedPath(folder, entry)).size).toBe(written);
      expect(existsSync(finishedPath(folder, entry))).toBe(false);
    }
    const report = await download(manifestOf(entry));
    expect(report.files[0]!.fetched).toMatchObject({ resumedAt: written, bytesFetched: size - written });
    expect(bytesOf(entry).equals(await wholeFile(entry))).toBe(true);
  });

  it('brings all of 200 files where every tenth request fails in one of ten ways', async () => {
    const entries = Array.from({ length: 200 }, (_, n) => server.add(randomBytes(dice(n)(0, 200_000))));
    const asked = new Map<string, number>();
    const kinds = new Set<number>();
    let faults = 0;
    server.fault = (request, response, file) => {
      if (!file) return false;
      // Drawn by file and request, so that the order in which they come does not matter.
      const nth = (asked.get(request.url) ?? 0) + 1;
      asked.set(request.url, nth);
      const random = dice(Number(request.url.slice(-12)) * 100 + nth);
      if (random(1, 10) > 1) return false;
      const kind = random(0, FAULTS.length - 1);
      kinds.add(kind);
      faults += 1;
      return FAULTS[kind]!(request, response, file);
    };
    const report = await download(manifestOf(...entries), { concurrency: 8 });
    expect(report.files.filter(({ problem }) => problem)).toEqual([]);
    expect((await verifyFiles(manifestOf(...entries), folder)).counts.ok).toBe(200);
    expect(left().length).toBe(200);
    expect(faults).toBeGreaterThan(10);
    expect(kinds.size).toBeGreaterThan(7);
  });

  it('names what is refused, and goes on with the rest', async () => {
    const [good, gone, closed] = [randomBytes(10), randomBytes(11), randomBytes(12)].map((b) =>
      server.add(b),
    );
    const successor = 'aaaaaaaa-0000-4000-8000-000000000000';
    server.answers.set('/files/versions', ({ ids }) =>
      (ids as string[]).map((id) => ({
        id,
        latest_id: id === gone!.id ? successor : id,
        latest_filename: 'new.svs',
      })),
    );
    server.fault = ({ url }, response) => {
      if (url === `/data/${gone!.id}`) sendJson(response, 404, { message: 'not found' });
      else if (url === `/data/${closed!.id}`) sendJson(response, 403, { message: 'no read access' });
      else return false;
      return true;
    };
    const { files, counts, ok } = await download(manifestOf(gone!, closed!, good!));
    expect([ok, counts]).toEqual([false, { present: 0, fetched: 1, refused: 2, failed: 0, stopped: 0 }]);
    expect(files.map(({ problem }) => problem)).toEqual([
      `GET /data/${gone!.id}: HTTP 404 "not found"; its successor is ${successor} (new.svs)`,
      `GET /data/${closed!.id}: HTTP 403 "no read access"; controlled access needs a token`,
      undefined,
    ]);
    // Neither was asked for again.
    expect(server.dataRequests().length).toBe(3);
    expect(left()).toEqual([good!.filename]);
  });

  it('fetches wrong bytes once more', async () => {
    const entry = server.add(randomBytes(100_000));
    server.fault = first(1, wrongBytes);
    const report = await download(manifestOf(entry));
    expect(report.files[0]!.fetched).toMatchObject({ requests: 2, bytesFetched: 200_000 });
    expect(report.ok).toBe(true);
  });

  it('reports bytes that are wrong twice, and keeps nothing of them', async () => {
    const [entry, other] = [server.add(randomBytes(100_000)), server.add(randomBytes(10))];
    server.fault = (request, response, file) =>
      request.url.endsWith(entry.id) ? wrongBytes(request, response, file) : false;
    const { files } = await download(manifestOf(entry, other));
    expect(files[0]).toMatchObject({
      outcome: 'failed',
      problem: expect.stringMatching(
        new RegExp(`MD5 [0-9a-f]{32}, expected ${entry.md5}; it was fetched twice, nothing was kept`),
      ),
    });
    expect(server.dataRequests().filter(({ url }) => url.endsWith(entry.id)).length).toBe(2);
    expect(left()).toEqual([other.filename]);
  });

  it('begins again where what is left of an earlier run is wrong', async () => {
    const entry = server.add(randomBytes(100_000));
    mkdirSync(join(folder, entry.id));
    writeFileSync(unfinishedPath(folder, entry), Buffer.alloc(50_000));
    expect(await download(manifestOf(entry))).toMatchObject({ ok: true, bytesFetched: 150_000 });
    writeFileSync(unfinishedPath(folder, entry), Buffer.alloc(200_000));
    rmSync(finishedPath(folder, entry));
    expect(await download(manifestOf(entry))).toMatchObject({ ok: true, bytesFetched: 100_000 });
  });

  it('needs no request where an earlier run left the whole file', async () => {
    const entry = server.add(randomBytes(1000));
    mkdirSync(join(folder, entry.id));
    writeFileSync(unfinishedPath(folder, entry), await wholeFile(entry));
    const asked = server.dataRequests().length;
    expect(await download(manifestOf(entry))).toMatchObject({
      ok: true,
      bytesFetched: 0,
      counts: { fetched: 1 },
    });
    expect(server.dataRequests().length).toBe(asked);
  });

  it('learns size and MD5 from the server where the manifest has neither, also at the end of a file', async () => {
    const { md5, size, ...entry } = server.add(randomBytes(1000));
    const report = await download(manifestOf(entry));
    expect(report.files[0]!.fetched).toMatchObject({ md5, size, checkedBy: 'server' });
    const whole = bytesOf(entry);
    rmSync(finishedPath(folder, entry));
    writeFileSync(unfinishedPath(folder, entry), whole);
    expect((await download(manifestOf(entry))).files[0]!.fetched).toMatchObject({
      resumedAt: 1000,
      bytesFetched: 0,
    });
  });

  it('waits as long as the server asks', async () => {
    const entry = server.add(randomBytes(10));
    server.fault = first(1, (_request, response) => {
      sendJson(response, 503, { message: 'busy' }, { 'Retry-After': '1' });
      return true;
    });
    const begun = performance.now();
    expect((await download(manifestOf(entry))).ok).toBe(true);
    expect(performance.now() - begun).toBeGreaterThan(950);
  });

  it('gives up on a server that is gone, and says so', async () => {
    const entries = Array.from({ length: 30 }, () => server.add(randomBytes(10)));
    server.fault = ({ url }, response) => {
      if (!url.startsWith('/data/')) return false;
      sendJson(response, 500, { message: 'internal server error' });
      return true;
    };
    const { files, counts } = await download(manifestOf(...entries), { retries: 1, concurrency: 2 });
    expect(counts.failed).toBe(10);
    expect(counts.stopped).toBe(20);
    expect(files[0]!.problem).toMatch(/HTTP 500 "internal server error"/);
    expect(files[29]!.problem).toBe('given up: 10 files in a row did not come');
  });

  it('cannot begin where nobody answers', async () => {
    const entry = server.add(randomBytes(10));
    await server.close();
    await expect(download(manifestOf(entry))).rejects.toThrow(
      /GET \/status: the connection broke: .*ECONNREFUSED/,
    );
    expect(left()).toEqual([]);
  });
});

async function wholeFile(entry: ManifestEntry): Promise<Buffer> {
  const answer = await gdc.get(`/data/${entry.id}`, {}, {});
  const blocks: Buffer[] = [];
  for await (const block of answer.body) blocks.push(block);
  server.served.pop();
  return Buffer.concat(blocks);
}

const wrongBytes: Fault = (_request, response, file) => {
  const wrong = Buffer.from(file!);
  if (wrong.length > 0) wrong[wrong.length >> 1]! ^= 1;
  response.writeHead(200, { 'Content-Length': wrong.length }).end(wrong);
  return true;
};

/** Ways in which an answer goes wrong once and may be right the next time. */
const FAULTS: readonly Fault[] = [
  (_request, response) => {
    sendJson(response, 500, { message: 'internal server error' });
    return true;
  },
  (_request, response) => {
    sendJson(response, 429, { message: 'slow down' });
    return true;
  },
  (_request, response) => {
    response.writeHead(502, { 'Content-Type': 'text/html' }).end('<html><body>Bad gateway</body></html>');
    return true;
  },
  (_request, response) => {
    response.socket!.resetAndDestroy();
    return true;
  },
  (request, response, file) => breakOffAfter(file!.length >> 1)(request, response, file),
  // Announces all, sends half, and then nothing more.
  (_request, response, file) => {
    response
      .writeHead(200, { 'Content-Length': file!.length + 1 })
      .write(file!.subarray(0, file!.length >> 1));
    return true;
  },
  // Says nothing about the length and ends too early, as a proxy does.
  (_request, response, file) => {
    response.writeHead(200).end(file!.subarray(0, file!.length >> 1));
    return true;
  },
  // A page of a gateway with status 200.
  (_request, response) => {
    sendJson(response, 200, { message: 'try later' }, { 'Content-Length': 23 });
    return true;
  },
  // More than the file has.
  (_request, response, file) => {
    response.writeHead(200);
    response.end(Buffer.concat([file!, Buffer.from('more')]));
    return true;
  },
  wrongBytes,
];

describe('a download, when the server', () => {
  const half = async () => {
    const entry = server.add(randomBytes(200_000));
    mkdirSync(join(folder, entry.id));
    writeFileSync(unfinishedPath(folder, entry), (await wholeFile(entry)).subarray(0, 100_000));
    return entry;
  };
  const answering = (
    status: number,
    headers: (file: Buffer) => Record<string, string>,
    body?: (file: Buffer) => Buffer,
  ) =>
    first(1, (_request, response, file) => {
      response.writeHead(status, headers(file!)).end(body?.(file!));
      return true;
    });

  it('sends the rest, takes the rest', async () => {
    const entry = await half();
    expect(await download(manifestOf(entry))).toMatchObject({ ok: true, bytesFetched: 100_000 });
    expect(server.dataRequests()[0]!.headers.range).toBe('bytes=100000-');
  });

  it.each([
    [
      'sends 200 to a range',
      200_000,
      answering(
        200,
        () => ({}),
        (file) => file,
      ),
    ],
    ['says 416', 200_000, answering(416, () => ({}))],
    ['says 416 with another size', 100_000, answering(416, () => ({ 'Content-Range': 'bytes */7' }))],
    [
      'sends another range',
      200_000,
      answering(
        206,
        () => ({ 'Content-Range': 'bytes 0-199999/200000' }),
        (file) => file,
      ),
    ],
    [
      'sends 206 without a range',
      200_000,
      answering(
        206,
        () => ({}),
        (file) => file,
      ),
    ],
    [
      'sends a range of a longer file',
      100_000,
      answering(
        206,
        () => ({ 'Content-Range': 'bytes 100000-299999/300000' }),
        (file) => file.subarray(100_000),
      ),
    ],
    [
      'says another MD5',
      100_000,
      answering(
        200,
        () => ({ 'Content-MD5': '0'.repeat(32) }),
        (file) => file,
      ),
    ],
  ])('%s, still gets the file', async (_name, bytes, fault) => {
    const entry = await half();
    server.fault = fault;
    const report = await download(manifestOf(entry));
    expect(report.files[0]!.problem).toBeUndefined();
    expect(report.bytesFetched).toBe(bytes);
    expect((await verifyFiles(manifestOf(entry), folder)).ok).toBe(true);
  });

  it.each([
    [
      'has another size',
      { 'Content-Length': '7' },
      /the server has 7 bytes of it, the manifest says 200000; is the/,
    ],
    [
      'says another MD5',
      { 'Content-MD5': '0'.repeat(32) },
      /says its MD5 is 0{32}, the manifest says .*another release/,
    ],
    ['encodes', { 'Content-Encoding': 'gzip' }, /the server encodes it as gzip/],
  ])('%s each time, refuses the file', async (_name, headers, words) => {
    const entry = server.add(randomBytes(200_000));
    server.fault = (_request, response, file) => {
      if (!file) return false;
      response.writeHead(200, headers as Record<string, string>).end(Buffer.alloc(7));
      return true;
    };
    const { files } = await download(manifestOf(entry));
    expect(files[0]).toMatchObject({ outcome: 'refused', problem: expect.stringMatching(words) });
    expect(left()).toEqual([]);
  });

  it('accepts Content-MD5 as HTTP has it, in base64', async () => {
    const entry = server.add(randomBytes(10));
    const base64 = Buffer.from(entry.md5!, 'hex').toString('base64');
    server.fault = answering(
      200,
      () => ({ 'Content-MD5': base64 }),
      (file) => file,
    );
    expect((await download(manifestOf(entry))).files[0]!.fetched?.checkedBy).toBe('manifest and server');
  });

  it.each([
    ['of the file', 'server', (file: Buffer) => file],
    ['of the part', 'nobody', (file: Buffer) => file.subarray(100_000)],
  ] as const)('sends with a part the MD5 %s, is believed as far as it agrees', async (_what, by, of) => {
    const { md5: _md5, ...entry } = await half();
    server.fault = (_request, response, file) => {
      if (!file) return false;
      const md5 = createHash('md5').update(of(file)).digest('hex');
      response
        .writeHead(206, { 'Content-Range': 'bytes 100000-199999/200000', 'Content-MD5': md5 })
        .end(file.subarray(100_000));
      return true;
    };
    const { ok, files } = await download(manifestOf(entry));
    expect([ok, files[0]!.fetched?.checkedBy]).toEqual([true, by]);
  });

  it('points elsewhere, does not follow', async () => {
    const entry = server.add(randomBytes(10));
    server.fault = answering(302, () => ({ Location: 'http://elsewhere.example/' }));
    const { files } = await download(manifestOf(entry));
    expect(files[0]!.problem).toMatch(
      /HTTP 302; it points to http:\/\/elsewhere.example\/, give that as base URL/,
    );
  });

  it('drips, goes on with another connection', async () => {
    const entry = server.add(randomBytes(100_000));
    server.fault = first(1, (_request, response, file) => {
      response.writeHead(200, { 'Content-Length': file!.length });
      const drops = setInterval(() => response.write(file!.subarray(0, 1)), 50);
      response.on('close', () => clearInterval(drops));
      return true;
    });
    // The drops were the file's first byte again and again, so it is fetched once more.
    expect((await download(manifestOf(entry))).ok).toBe(true);
  });

  it('is slow but steady, waits', async () => {
    const entry = server.add(randomBytes(60_000));
    server.fault = first(1, (_request, response, file) => {
      response.writeHead(200, { 'Content-Length': file!.length });
      let at = 0;
      const blocks = setInterval(() => {
        response.write(file!.subarray(at, (at += 5000)));
        if (at < file!.length) return;
        clearInterval(blocks);
        response.end();
      }, 100);
      return true;
    });
    expect((await download(manifestOf(entry), { retries: 0 })).ok).toBe(true);
  });
});

describe('a download on disk', () => {
  it('plans what is there, what is missing and how large it is', async () => {
    const [have, part, none, wrong] = [10, 20, 30, 40].map((size) => server.add(randomBytes(size)));
    await download(manifestOf(have!));
    mkdirSync(join(folder, part!.id));
    writeFileSync(unfinishedPath(folder, part!), Buffer.alloc(5));
    mkdirSync(join(folder, wrong!.id));
    writeFileSync(finishedPath(folder, wrong!), Buffer.alloc(40));
    const plan = await planDownload(manifestOf(have!, part!, none!, wrong!), folder);
    expect(plan.files.map(({ action, bytes }) => [action, bytes])).toEqual([
      ...[
        ['have', 0],
        ['resume', 15],
        ['fetch', 30],
        ['replace', 40],
      ],
    ]);
    expect(plan).toMatchObject({ bytesToFetch: 85, unknownSizes: 0, bytesFree: expect.any(Number) });
  });

  it('refuses more than is allowed, or than there is room for, before it begins', async () => {
    const entry = server.add(randomBytes(10));
    await expect(download(manifestOf(entry), { maxBytes: 9 })).rejects.toThrow(
      /10 bytes are to come, 9 are allowed; filter the manifest/,
    );
    await expect(download(manifestOf({ ...entry, size: 2 ** 52 }))).rejects.toThrow(
      /its file system has \d+ left/,
    );
    const { size: _size, ...unsized } = entry;
    await expect(download(manifestOf(unsized), { maxBytes: 9 })).rejects.toThrow(/has no size of 1 files/);
    expect(server.dataRequests()).toEqual([]);
    expect(left()).toEqual([]);
  });

  it('writes through no link', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    try {
      const [one, two] = [server.add(randomBytes(10)), server.add(randomBytes(10))];
      symlinkSync(outside, join(folder, one.id));
      mkdirSync(join(folder, two.id));
      symlinkSync(join(outside, 'file'), unfinishedPath(folder, two));
      const { files } = await download(manifestOf(one, two));
      expect(files.map(({ problem }) => problem)).toEqual([
        expect.stringMatching(/it is a link; expected a folder/),
        expect.stringMatching(/it is a link; expected an unfinished download/),
      ]);
      expect(readdirSync(outside)).toEqual([]);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  it('has its folder for itself, and takes over what a dead process left', async () => {
    const entry = server.add(randomBytes(10));
    let second: unknown;
    server.fault = first(1, async () => {
      second = await download(manifestOf(entry)).catch((error: unknown) => error);
      return false;
    });
    expect((await download(manifestOf(entry))).ok).toBe(true);
    expect(String(second)).toMatch(new RegExp(`process ${process.pid} on .* is downloading into it`));
    const dead = execFileSync(process.execPath, ['-p', 'process.pid + " " + os.hostname()']).toString();
    writeFileSync(join(folder, '.concord-download.lock'), dead);
    expect((await download(manifestOf(entry))).ok).toBe(true);
    expect(left()).toEqual([entry.filename]);
  });

  it('lets one of many take over what a dead process left', async () => {
    const dead = execFileSync(process.execPath, ['-p', 'process.pid + " " + os.hostname()']).toString();
    for (let round = 0; round < 50; round += 1) {
      writeFileSync(join(folder, '.concord-download.lock'), dead);
      const tries = await Promise.allSettled(Array.from({ length: 6 }, () => lockFolder(folder)));
      const locks = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(locks.length).toBe(1);
      await locks[0]!();
    }
    expect(left()).toEqual([]);
  });

  it('says nothing of leaks, however many files are under way', async () => {
    const warnings: Error[] = [];
    const hear = (warning: Error) => warnings.push(warning);
    process.on('warning', hear);
    try {
      const entries = Array.from({ length: 60 }, () => server.add(randomBytes(10)));
      let count = 0;
      server.fault = (_request, response) => {
        count += 1;
        if (count % 2) return false;
        sendJson(response, 503, { message: 'busy' });
        return true;
      };
      const report = await download(manifestOf(...entries), { concurrency: 40, retries: 20 });
      expect(report.ok).toBe(true);
      await new Promise((resolve) => setImmediate(resolve));
      expect(warnings).toEqual([]);
    } finally {
      process.off('warning', hear);
    }
  });

  const canMount = mountable();
  describe.skipIf(!canMount)('that is a small file system of its own (needs the right to mount)', () => {
    beforeEach(() => void execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', folder]));
    afterEach(() => void execFileSync('umount', [folder]));

    it('stops when the disk is full, leaves nothing that looks complete, and goes on later', async () => {
      const { size: _size, ...large } = server.add(randomBytes(5_000_000));
      const others = [server.add(randomBytes(10)), server.add(randomBytes(10))];
      const { files } = await download(manifestOf(large, ...others), { concurrency: 1 });
      expect(files.map(({ outcome }) => outcome)).toEqual(['failed', 'stopped', 'stopped']);
      expect(files[0]!.problem).toMatch(/the disk is full; free some space and run it again.* \(ENOSPC\)/);
      expect(left()).toEqual([`${large.id}.concord.partial`]);
      const there = statSync(unfinishedPath(folder, large)).size;
      expect(there).toBeGreaterThan(900_000);
      execFileSync('mount', ['-o', 'remount,size=8m', folder]);
      expect(await download(manifestOf(large, ...others))).toMatchObject({
        ok: true,
        bytesFetched: 5_000_020 - there,
      });
    });

    it('says at once that it may not be written', async () => {
      const entry = server.add(randomBytes(10));
      execFileSync('mount', ['-o', 'remount,ro', folder]);
      await expect(download(manifestOf(entry))).rejects.toThrow(
        /the file system is read-only; name another folder/,
      );
      expect(left()).toEqual([]);
    });
  });
});

/** Whether this process may mount a file system in memory. */
function mountable(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
