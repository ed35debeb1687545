import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DownloadReport, VerifyReport } from '@concord/data';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const program = join(import.meta.dirname, '../../dist/main.js');
const TOKEN = 'secret-token-0123456789';

/** Root may write everywhere, so where it runs the tests, the program runs as nobody. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
function nobodyCanRun(): boolean {
  const { status } = spawnSync('node', [program, '--help'], { ...nobody, cwd: '/' });
  return status === 0;
}

let server: Server;
let folder: string;
let dir: string;
/** What `/data/<id>` serves. */
let files: Map<string, Buffer>;
let asked: { url: string; range?: string; token?: string }[];
/** Bytes a millisecond, so that a run can be interrupted; without it all at once. */
let slowly: number | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gdc-cli-'));
  dir = join(folder, 'files');
  files = new Map();
  asked = [];
  slowly = undefined;
  server = createServer((request, response) => {
    const { url = '', headers } = request;
    const token = headers['x-auth-token'];
    asked.push({
      url,
      ...(headers.range && { range: headers.range }),
      ...(token && { token: String(token) }),
    });
    const file = files.get(url.replace('/data/', ''));
    if (url === '/status') return void response.end('{"data_release": "Data Release 43.0"}');
    if (!file) return void response.writeHead(404).end('{"message": "no such file"}');
    const from = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
    const part = file.subarray(from);
    response.writeHead(from ? 206 : 200, {
      'Content-Length': part.length,
      ...(from && { 'Content-Range': `bytes ${from}-${file.length - 1}/${file.length}` }),
    });
    if (slowly === undefined) return void response.end(part);
    let at = 0;
    const clock = setInterval(() => {
      response.write(part.subarray(at, (at += slowly! * 20)));
      if (at >= part.length) response.end();
    }, 20);
    response.on('close', () => clearInterval(clock));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** A manifest of files of these sizes; its path. */
function manifest(sizes: readonly number[], withSizes = true): string {
  const rows = sizes.map((size, n) => {
    const bytes = randomBytes(size);
    const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
    files.set(id, bytes);
    const md5 = createHash('md5').update(bytes).digest('hex');
    return [id, `f${n}.${n % 2 ? 'tsv' : 'svs'}`, md5, withSizes ? size : '', 'released'].join('\t');
  });
  const path = join(folder, 'manifest.txt');
  writeFileSync(path, ['id\tfilename\tmd5\tsize\tstate', ...rows].join('\n'));
  return path;
}
const path = (n: number) => join(dir, `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`, `f${n}.svs`);
const partial = (n: number) => {
  const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  return join(dir, id, `${id}.concord.partial`);
};
const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const environment = { http_proxy: '', HTTP_PROXY: '', GDC_TOKEN: '' };
const options = (env: Record<string, string> = {}) =>
  ({ reject: false, cwd: folder, env: { ...environment, ...env } }) as const;
const verify = (...flags: string[]) => execa('node', [program, 'data', 'verify', ...flags], options());
const download = (flags: string[], env: Record<string, string> = {}) =>
  execa('node', [program, 'data', 'download', ...flags, '--dir', dir, '--base-url', url()], options(env));

describe('concord data download', () => {
  it('says what it would fetch, fetches it, and nothing the second time', async () => {
    const list = manifest([1000, 2000, 3000]);
    const dry = await download([list, '--dry-run']);
    expect(dry.stdout).toMatch(
      /fetch +3 files, 6\.00 KB to come\nDRY RUN {2}6\.00 KB to come, .* free; nothing was fetched/,
    );
    expect([dry.exitCode, asked, existsSync(dir)]).toEqual([0, [], false]);

    const first = await download([list]);
    expect(first.stdout).toMatch(/3 files → .* · Data Release 43\.0\n.*\nCOMPLETE {2}3 fetched$/);
    expect(first.exitCode).toBe(0);
    const second = await download([list, '--json', '-']);
    const report = JSON.parse(second.stdout) as DownloadReport;
    expect(report).toMatchObject({
      schema: 'concord-download/1',
      ok: true,
      bytesFetched: 0,
      counts: { present: 3 },
    });
    expect(asked.filter(({ url }) => url.startsWith('/data/')).length).toBe(3);
  });

  it('fetches those of one name, and names what is refused', async () => {
    const list = manifest([10, 20, 30]);
    files.delete('00000000-0000-4000-8000-000000000002');
    const { stdout, exitCode } = await download([list, '--name', '*.SVS', '--json', 'report.json']);
    expect(stdout).toMatch(/refused {2}0{8}-\S+-0{11}2\/f2\.svs: GET \/data\/\S+: HTTP 404 "no such file"/);
    expect(stdout).toMatch(/INCOMPLETE {2}1 fetched, 1 refused$/);
    expect(exitCode).toBe(1);
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as DownloadReport;
    expect(report.files.map(({ outcome }) => outcome)).toEqual(['fetched', 'refused']);
  });

  it('goes on after Ctrl-C', async () => {
    const list = manifest([4_000_000]);
    slowly = 1000;
    const run = download([list]);
    while (!existsSync(partial(0)) || statSync(partial(0)).size < 1_000_000) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    run.kill('SIGINT');
    const { stderr, exitCode } = await run;
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /SIGINT: stopping; finished files stay.*\nerror: interrupted; run it again to go on$/,
    );
    const there = statSync(partial(0)).size;
    expect([there > 0, existsSync(path(0))]).toEqual([true, false]);
    slowly = undefined;
    expect((await download([list])).exitCode).toBe(0);
    expect(asked.at(-1)!.range).toBe(`bytes=${there}-`);
    expect(readFileSync(path(0)).equals([...files.values()][0]!)).toBe(true);
  });

  it('goes on after it was killed, lock and all', async () => {
    const list = manifest([4_000_000]);
    slowly = 1000;
    const run = download([list]);
    while (!existsSync(partial(0)) || statSync(partial(0)).size < 1_000_000) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    run.kill('SIGKILL');
    await run;
    slowly = undefined;
    expect((await download([list])).exitCode).toBe(0);
    expect(readFileSync(path(0)).equals([...files.values()][0]!)).toBe(true);
    expect(Number(/\d+/.exec(asked.at(-1)!.range!)![0])).toBeGreaterThanOrEqual(1_000_000);
  });

  it('sends a token of a file or of the environment, and shows it nowhere', async () => {
    const list = manifest([10]);
    const token = join(folder, 'token');
    writeFileSync(token, TOKEN, { mode: 0o600 });
    const runs = [
      await download([list, '--token', token, '--json', '-']),
      await download([list], { GDC_TOKEN: TOKEN, CONCORD_DEBUG: '1' }),
      await download([list], { GDC_TOKEN: `${TOKEN} with blanks`, CONCORD_DEBUG: '1' }),
    ];
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 2]);
    expect(asked.map(({ token }) => token)).toEqual([TOKEN, TOKEN, TOKEN]);
    expect(runs.map(({ all, stdout, stderr }) => `${all} ${stdout} ${stderr}`).join()).not.toContain(
      'secret',
    );
    chmodSync(token, 0o640);
    expect((await download([list, '--token', token])).stderr).toMatch(
      /others may read this token; chmod 600 it first/,
    );
  });

  it('fails a file that the system lets grow no more, goes on with others, and leaves nothing that looks complete', async () => {
    // Without a size in the manifest the check of free space cannot know; bash counts blocks of 1,024 bytes.
    const list = manifest([3_000_000, 10], false);
    const limited = `ulimit -f 1000; exec node '${program}' data download '${list}' --dir '${dir}' --base-url ${url()} --at-once 1`;
    const { stdout, exitCode } = await execa('bash', ['-c', limited], options());
    expect(stdout).toMatch(
      /failed +0\S+\/f0\.svs: .*the file is larger than this system lets a file be.*\(EFBIG\)/,
    );
    expect(stdout).toMatch(/INCOMPLETE {2}1 fetched, 1 failed$/);
    expect([exitCode, existsSync(path(0))]).toEqual([1, false]);
    expect(statSync(partial(0)).size).toBe(1_024_000);
    expect((await download([list])).exitCode).toBe(0);
  });

  it.skipIf(!nobodyCanRun())(
    'says that it may not write there (root needs a checkout that nobody can read)',
    async () => {
      const list = manifest([10]);
      chmodSync(folder, 0o555);
      try {
        const { stderr, exitCode } = await execa(
          ...(['node', [program, 'data', 'download', list, '--dir', dir, '--base-url', url()]] as const),
          { ...options(), ...nobody },
        );
        expect(stderr).toMatch(
          /^error: .*files: it may not be written to; name another folder .*\(EACCES\)$/,
        );
        expect([exitCode, existsSync(dir)]).toEqual([2, false]);
      } finally {
        chmodSync(folder, 0o755);
      }
    },
  );

  it.each([
    [['no.txt'], /There is no such file/],
    [['--max-bytes', '5'], /30 bytes are to come, 5 are allowed/],
    [['--max-bytes', 'much'], /Expected a number of bytes, such as 500000, 20GB or 1.5TB/],
    [['--at-once', '0'], /Expected a whole number from 1 to 64/],
    [['--name', '*.bam'], /none of its 2 files is named \*\.bam/],
  ])('refuses %j', async (flags, words) => {
    const list = manifest([10, 20]);
    const { stderr, exitCode } = await download(flags[0] === 'no.txt' ? flags : [list, ...flags]);
    expect(stderr).toMatch(words);
    expect(exitCode).toBe(2);
    expect(existsSync(path(0))).toBe(false);
  });
});

describe('concord data verify', () => {
  it('agrees after a download; 1 and the file, when one byte is another; 2, when it cannot run', async () => {
    const list = manifest([1000, 2000, 3000]);
    await download([list]);
    const right = await verify(list, '--dir', dir);
    expect(right.stdout).toMatch(/3 files · 6\.00 KB read .*\nRIGHT {2}3 ok$/);
    expect(right.exitCode).toBe(0);

    const bytes = readFileSync(path(2));
    bytes[1500]! ^= 1;
    writeFileSync(path(2), bytes);
    const wrong = await verify(list, '--dir', dir, '--json', '-');
    const report = JSON.parse(wrong.stdout) as VerifyReport;
    expect(report).toMatchObject({
      schema: 'concord-verify/1',
      ok: false,
      counts: { ok: 2, 'wrong md5': 1 },
    });
    expect(wrong.exitCode).toBe(1);
    expect((await verify(list, '--dir', dir)).stdout).toMatch(
      /wrong md5 +0\S+\/f2\.svs: expected .*\nWRONG {2}2 ok, 1/,
    );

    writeFileSync(list, 'id,filename\n');
    const none = await verify(list, '--dir', dir);
    expect(none.stderr).toMatch(/manifest\.txt, line 1: no column id .*; columns are separated by tabs/);
    expect(none.exitCode).toBe(2);
  });

  it('does not call a manifest without files right', async () => {
    const list = manifest([]);
    expect(await verify(list, '--dir', folder)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('it names no file; expected at least one row'),
    });
  });

  it('refuses names that would leave the folder', async () => {
    const list = manifest([10]);
    writeFileSync(list, readFileSync(list, 'utf8').replace('f0.svs', '../../f0.svs'));
    const { stderr, exitCode } = await verify(list, '--dir', folder);
    expect(stderr).toMatch(/line 2: file name "\.\.\/\.\.\/f0\.svs" is refused: it has a path separator/);
    expect(exitCode).toBe(2);
  });
});
