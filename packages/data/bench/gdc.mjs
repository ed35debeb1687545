/**
 * How much is fetched twice when a large download breaks, and how fast files are verified.
 *
 *     npm run build && node packages/data/bench/gdc.mjs [megabytes, default 2000] [seed, default 7]
 *
 * Serves a file from this machine, breaks the connection 20 times at random (half of them politely, half by a reset)
 * and ends the client 20 times at random by SIGKILL; counts what the server handed out.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyFiles } from '../dist/index.js';

const program = join(import.meta.dirname, '../../../apps/compare/dist/main.js');
const BLOCK = 2 ** 20;
const BREAKS = 20;
const [megabytes = 2000, seed = 7] = process.argv.slice(2).map(Number);
const size = megabytes * BLOCK;

/** Numbers in [0, 1) that are the same in every run. */
let drawn = 0;
const draw = () => createHash('sha256').update(`${seed} ${drawn++}`).digest().readUInt32LE() / 2 ** 32;

const noise = Buffer.concat(
  Array.from({ length: BLOCK / 32 }, (_, i) => createHash('sha256').update(String(i)).digest()),
);
/** Block i of the file: noise that no two blocks share the beginning of. */
function block(i) {
  const one = Buffer.from(noise);
  one.writeUInt32LE(i);
  return one;
}
const hash = createHash('md5');
for (let i = 0; i < megabytes; i += 1) hash.update(block(i));
const md5 = hash.digest('hex');

let requests = [];
/** Where the next answer ends, and how. */
let nextBreak = () => undefined;
const server = createServer(async ({ url, headers }, response) => {
  if (url === '/status') return response.end('{"data_release": "bench"}');
  const from = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
  const seen = { from, handed: 0, how: 'whole' };
  requests.push(seen);
  const end = nextBreak(from);
  if (end) seen.how = end.politely ? 'closed' : 'reset';
  response.on('error', () => {});
  response.writeHead(from ? 206 : 200, {
    'Content-Length': size - from,
    'Content-MD5': md5,
    ...(from && { 'Content-Range': `bytes ${from}-${size - 1}/${size}` }),
  });
  const stop = end?.at ?? size;
  for (let at = from; at < stop && !response.destroyed;) {
    const i = Math.floor(at / BLOCK);
    const part = block(i).subarray(at - i * BLOCK, Math.min(BLOCK, stop - i * BLOCK));
    // 64 KiB at a time, so that what the system takes is known to within that.
    for (let k = 0; k < part.length && !response.destroyed; k += 65_536) {
      const piece = part.subarray(k, k + 65_536);
      const taken = await new Promise((resolve) => response.write(piece, (error) => resolve(!error)));
      if (taken) seen.handed += piece.length;
    }
    at = i * BLOCK + BLOCK;
  }
  if (!end) return response.end();
  if (end.politely) response.socket?.destroy();
  else response.socket?.resetAndDestroy();
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const folder = mkdtempSync(join(tmpdir(), 'concord-bench-'));
const id = '00000000-0000-4000-8000-000000000001';
const manifest = join(folder, 'manifest.txt');
writeFileSync(manifest, `id\tfilename\tmd5\tsize\tstate\n${id}\tlarge.bin\t${md5}\t${size}\treleased\n`);
const dir = join(folder, 'files');
function start() {
  const flags = [
    'data',
    'download',
    manifest,
    '--dir',
    dir,
    '--base-url',
    `http://127.0.0.1:${server.address().port}`,
  ];
  const child = spawn('node', [program, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.on('data', (text) => process.stdout.write(String(text).replace(/^/gm, '  ')));
  return { child, ended: new Promise((resolve) => child.on('exit', resolve)) };
}
const partial = join(dir, id, `${id}.concord.partial`);
const sizeOf = (path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/**
 * What was asked for again although it was sent. The system keeps some megabytes between the two programs; a reset, or
 * the end of a program, throws them away before the client has seen them. That is what is in flight.
 */
function twice() {
  const again = requests.map(({ from, handed, how }, i) => ({
    how,
    bytes: from + handed - (requests[i + 1]?.from ?? size),
  }));
  const sum = again.reduce((total, { bytes }) => total + bytes, 0);
  console.log(`  ${requests.length} requests, ${size + sum} bytes sent for ${size}: ${percent(sum)} twice`);
  for (const how of new Set(again.map(({ how }) => how))) {
    const bytes = again.filter((one) => one.how === how).map((one) => one.bytes);
    const mean = Math.round(bytes.reduce((total, one) => total + one, 0) / bytes.length);
    console.log(`    ${bytes.length} ${how}: ${mean} bytes again on average, ${Math.max(...bytes)} at most`);
  }
}
const percent = (bytes) => `${((100 * bytes) / size).toFixed(3)} %`;

console.log(`${size} bytes, the connection breaks ${BREAKS} times, half politely and half by a reset`);
let breaks = 0;
nextBreak = (from) => {
  if (breaks === BREAKS) return undefined;
  breaks += 1;
  return {
    at: from + Math.ceil(draw() * 2 * ((size - from) / (BREAKS + 1 - breaks + 1))),
    politely: breaks % 2 === 0,
  };
};
await start().ended;
twice();

console.log(`${size} bytes, the client is killed ${BREAKS} times`);
rmSync(dir, { recursive: true });
requests = [];
nextBreak = () => undefined;
for (let kill = 0; kill < BREAKS; kill += 1) {
  const until = sizeOf(partial) + draw() * 2 * ((size - sizeOf(partial)) / (BREAKS + 2 - kill));
  const { child, ended } = start();
  while (sizeOf(partial) < until) await sleep(2);
  requests.at(-1).how = 'killed';
  child.kill('SIGKILL');
  await ended;
}
await start().ended;
twice();
server.close();
server.closeAllConnections();

console.log('MD5, from the page cache');
const copies = Array.from({ length: 4 }, (_, i) => ({
  id: `00000000-0000-4000-8000-00000000000${i + 1}`,
  filename: 'large.bin',
  ...{ md5, size, extra: new Map(), line: i + 2 },
}));

for (const { id: copy } of copies.slice(1)) {
  mkdirSync(join(dir, copy));
  copyFileSync(join(dir, id, 'large.bin'), join(dir, copy, 'large.bin'));
}
for (const threads of [1, cpus().length]) {
  const { ok, bytesHashed, seconds } = await verifyFiles({ source: 'm', entries: copies, notes: [] }, dir, {
    threads,
  });
  console.log(`  ${threads} threads: ${Math.round(bytesHashed / seconds / 1e6)} MB/s${ok ? '' : ', WRONG'}`);
}
const paths = copies.map(({ id: copy }) => join(dir, copy, 'large.bin'));
for (const programs of [1, cpus().length]) {
  const begun = performance.now();
  execFileSync('xargs', ['-n1', `-P${programs}`, 'md5sum'], { input: paths.join('\n') });
  const seconds = (performance.now() - begun) / 1000;
  console.log(`  ${programs} of md5sum: ${Math.round((size * paths.length) / seconds / 1e6)} MB/s`);
}
rmSync(folder, { recursive: true });
