import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { finishedPath } from './localFile.js';
import type { ManifestEntry } from './manifest.js';
import { openMd5Pool } from './md5Pool.js';
import { verifyFiles, type VerifiedFile } from './verify.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'verify-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entryOf = (n: number, bytes: Buffer): ManifestEntry => ({
  id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  filename: `f${n}.svs`,
  md5: createHash('md5').update(bytes).digest('hex'),
  size: bytes.length,
  extra: new Map(),
  line: n + 1,
});
function put(n: number, bytes = randomBytes(1000 + n)): ManifestEntry {
  const entry = entryOf(n, bytes);
  mkdirSync(dirname(finishedPath(folder, entry)), { recursive: true });
  writeFileSync(finishedPath(folder, entry), bytes);
  return entry;
}
const verify = (...entries: ManifestEntry[]) => verifyFiles({ source: 'm.txt', entries, notes: [] }, folder);

describe('verifyFiles', () => {
  it('says of every file what is wrong with it', async () => {
    const entries = Array.from({ length: 11 }, (_, n) => put(n));
    const path = (n: number) => finishedPath(folder, entries[n]!);
    rmSync(path(1));
    renameSync(path(2), `${path(2)}.partial`);
    writeFileSync(path(3), 'short');
    writeFileSync(path(4), randomBytes(1004));
    renameSync(path(5), join(folder, entries[5]!.filename));
    mkdirSync(join(dirname(path(6)), 'logs'));
    writeFileSync(join(dirname(path(6)), 'logs', `${entries[6]!.filename}.parcel`), 'pickle');
    rmSync(path(7));
    mkdirSync(path(7));
    rmSync(path(8));
    execFileSync('mkfifo', [path(8)]);
    const { md5: _md5, ...noMd5 } = entries[9]!;
    const { md5: _m, size: _size, ...nothing } = entries[10]!;
    const report = await verify(...entries.slice(0, 9), noMd5, nothing);
    expect(report.files.map(({ verdict }) => verdict)).toEqual([
      ...['ok', 'absent', 'unfinished', 'wrong size', 'wrong md5', 'ok', 'ok', 'unreadable', 'unreadable'],
      ...['size only', 'not checkable'],
    ]);
    expect(report.counts).toMatchObject({ ok: 3, absent: 1, unreadable: 2 });
    expect(report.ok).toBe(false);
    expect(report.files[3]!.detail).toBe('expected 1003 bytes, it has 5');
    expect(report.files[4]!.detail).toMatch(/^expected [0-9a-f]{32}, it has [0-9a-f]{32}$/);
    // Those of the right size are read, no other.
    expect(report.bytesHashed).toBe(1000 + 1004 + 1005 + 1006);
  });

  it('follows links to where people keep their files, and names folders that are not of the manifest', async () => {
    const [one, other] = [put(1), put(2)];
    const elsewhere = join(folder, 'elsewhere');
    renameSync(finishedPath(folder, one), elsewhere);
    symlinkSync(elsewhere, finishedPath(folder, one));
    expect(await verify(one)).toMatchObject({ ok: true, strangers: [join(folder, other.id)] });
  });

  it('agrees with md5sum, and tells how it goes along', async () => {
    const entries = Array.from({ length: 20 }, (_, n) => put(n, randomBytes(n * 300_000)));
    const told: VerifiedFile[] = [];
    let [bytes, total] = [0, 0];
    const report = await verifyFiles({ source: 'm', entries, notes: [] }, folder, {
      progress: {
        start: (_files, size) => (total = size),
        bytes: (count) => (bytes += count),
        file: (file) => told.push(file),
      },
    });
    expect([report.ok, told.length, bytes]).toEqual([true, 20, total]);
    const sums = execFileSync(
      'md5sum',
      entries.map((entry) => finishedPath(folder, entry)),
    ).toString();
    expect(
      sums
        .trim()
        .split('\n')
        .map((line) => line.slice(0, 32)),
    ).toEqual(entries.map(({ md5 }) => md5));
  });

  it('stops when it is asked to', async () => {
    const entries = Array.from({ length: 50 }, (_, n) => put(n));
    const stop = new AbortController();
    const stopped = verifyFiles({ source: 'm', entries, notes: [] }, folder, {
      signal: stop.signal,
      progress: { start: () => stop.abort(new Error('enough')), bytes: () => {}, file: () => {} },
    });
    await expect(stopped).rejects.toThrow('enough');
  });

  it('refuses a folder that is none', async () => {
    await expect(verifyFiles({ source: 'm', entries: [], notes: [] }, join(folder, 'no'))).rejects.toThrow(
      /no such folder; expected the files of the manifest/,
    );
  });
});

describe('openMd5Pool', () => {
  it('hashes many files on few threads, and reports those that cannot be read', async () => {
    const pool = openMd5Pool(2);
    try {
      const entries = Array.from({ length: 40 }, (_, n) => put(n));
      const found = await Promise.all(entries.map((entry) => pool.md5(finishedPath(folder, entry))));
      expect(found).toEqual(entries.map(({ md5 }) => md5));
      await expect(pool.md5(join(folder, 'no'))).rejects.toMatchObject({ code: 'ENOENT' });
      await expect(pool.md5(folder)).rejects.toMatchObject({ code: 'EISDIR' });
      expect(await pool.md5(finishedPath(folder, entries[0]!))).toBe(entries[0]!.md5);
    } finally {
      await pool.close();
    }
    await expect(pool.md5(folder)).rejects.toThrow(/were closed/);
  });
});
