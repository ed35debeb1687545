// How fast bags are read, against h5py, torch, safetensors and numpy in the same run, turn by turn.
//
//   npx nx run data:bench
//   node packages/data/bench/bags.mjs [--bags 6] [--rows 10000] [--rounds 5] [--json FILE]
//
// Files are read from the system's cache on both sides. About 3 GB of a temporary folder, removed at the end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findBags, iterateBags, openBag, openPack, packBags, sampleRows } from '../dist/index.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const python = process.env.CONCORD_BRIDGE_PYTHON ?? join(root, '.venv/bin/python');
const { values: flags } = parseArgs({
  options: {
    bags: { type: 'string', default: '6' },
    rows: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'string' },
    /** Used by itself: iterate over this pack and print the peak of memory. */
    iterate: { type: 'string' },
  },
});
const WIDTH = 1024;
const LARGE_ROWS = 100_000;
const SAMPLE = 4096;

if (flags.iterate) await iterate(flags.iterate);
else await bench();

async function bench() {
  const [bags, rows, rounds] = [Number(flags.bags), Number(flags.rows), Number(flags.rounds)];
  const folder = mkdtempSync(join(tmpdir(), 'concord-bench-bags-'));
  const peer = await startPython(folder, [bags, rows, WIDTH, LARGE_ROWS]);
  try {
    console.log(`${bags} bags of ${rows} × ${WIDTH} float32, ${rounds} rounds, medians a bag\n`);
    const pack = join(folder, 'cohort.pack');
    await packBags(findBags([join(folder, 'pt')]), pack);
    const figures = {
      reading: [
        ...(await compare(
          'pack',
          [
            ['trident', 'h5py'],
            ['clam', 'h5py'],
          ],
          packReader(pack),
        )),
        ...(await compare(
          'pack, beside',
          [
            ['trident', 'h5py'],
            ['clam', 'h5py'],
          ],
          packLoader(pack),
        )),
        ...(await compare('pt', [['pt', 'torch']], fileReader('pt'))),
        ...(await compare(
          'safetensors',
          [
            ['safetensors', 'safetensors.torch'],
            ['safetensors', 'safetensors.numpy'],
          ],
          fileReader('safetensors'),
        )),
        ...(await compare('npy', [['npy', 'numpy']], fileReader('npy'))),
        ...(await compare('pt, new array', [['pt', 'torch']], fileReader('pt', null))),
        ...(await compare('contiguous h5', [['contiguous', 'h5py']], fileReader('contiguous'))),
        ...(await compare('clam h5', [['clam', 'h5py']], fileReader('clam'))),
        ...(await compare('trident h5', [['trident', 'h5py']], fileReader('trident'))),
      ],
      sampling: await sampling(join(folder, 'large')),
      memory: await memory(folder),
    };
    if (flags.json) writeFileSync(flags.json, `${JSON.stringify(figures, null, 2)}\n`);
  } finally {
    peer.stop();
    rmSync(folder, { recursive: true, force: true });
  }

  function packReader(path) {
    const pack = openPack(path);
    const into = new Float32Array(rows * WIDTH);
    return (slide) => void pack.bag(slide).read(undefined, { into });
  }

  /** As `iterateBags` reads: by the system's threads. */
  function packLoader(path) {
    const pack = openPack(path);
    const into = new Float32Array(rows * WIDTH);
    return (slide) => pack.load([slide], undefined, into);
  }

  /** Into one array again and again, as a training loop reads; the peer makes a new one a bag, it knows no other way. */
  function fileReader(kind, into = new Float32Array(rows * WIDTH)) {
    const paths = new Map(findBags([join(folder, kind)]).map(({ slide, path }) => [slide, path]));
    return async (slide) => {
      const bag = await openBag(paths.get(slide));
      bag.read(undefined, into ? { into } : {});
      bag.close();
    };
  }

  async function compare(name, peers, read) {
    const [ours, theirs] = [[], peers.map(() => [])];
    for (let round = -1; round < rounds; round += 1) {
      for (const { slide } of findBags([join(folder, 'pt')])) {
        const start = performance.now();
        await read(slide);
        const took = (performance.now() - start) / 1000;
        // The first round warms both up.
        if (round >= 0) ours.push(took);
        for (const [i, [kind, how]] of peers.entries()) {
          const seconds = await peer.read(how, findPath(kind, slide));
          if (round >= 0) theirs[i].push(seconds);
        }
      }
    }
    return peers.map(([kind, how], i) => {
      const [mine, other] = [median(ours), median(theirs[i])];
      const line = {
        ours: name,
        peer: `${how}, ${kind}`,
        ms: mine * 1e3,
        peerMs: other * 1e3,
        ratio: other / mine,
      };
      console.log(
        `${name.padEnd(14)} ${ms(mine)}   ${line.peer.padEnd(32)} ${ms(other)}   × ${line.ratio.toFixed(2)}`,
      );
      return line;
    });
  }

  function findPath(kind, slide) {
    const ending = { pt: 'pt', safetensors: 'safetensors', npy: 'npy' }[kind] ?? 'h5';
    return join(folder, kind, `${slide}.${ending}`);
  }
}

/** Bytes that this process asked the system for while it read some rows of a large bag. */
async function sampling(folder) {
  console.log(`\n${SAMPLE} of ${LARGE_ROWS} × ${WIDTH}: bytes read / bytes of the rows`);
  const rows = sampleRows(SAMPLE, LARGE_ROWS, 7);
  const into = new Float32Array(SAMPLE * WIDTH);
  const lines = [];
  for (const { path } of findBags([folder])) {
    // Once before, so that libraries are loaded and their own files are not counted.
    await readOnce(path);
    const before = bytesRead();
    const start = performance.now();
    await readOnce(path);
    const took = performance.now() - start;
    const line = { file: path.split('.').at(-1), ratio: (bytesRead() - before) / into.byteLength, ms: took };
    console.log(`${line.file.padEnd(14)} ${line.ratio.toFixed(3)}   ${took.toFixed(1)} ms`);
    lines.push(line);
  }
  return lines;

  async function readOnce(path) {
    const bag = await openBag(path);
    bag.read(rows, { into });
    bag.close();
  }
}

function bytesRead() {
  return Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))[1]);
}

/** Peak memory of a process that iterates over 500 bags of 20,000 × 1,024 (three of them, shuffled), one read ahead. */
async function memory(folder) {
  const parts = join(folder, 'twenty');
  const peer = await startPython(parts, [3, 20_000, WIDTH, 0]);
  peer.stop();
  const pack = join(folder, 'twenty.pack');
  await packBags(findBags([join(parts, 'npy')]), pack);
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--iterate', pack]);
  let text = '';
  child.stdout.on('data', (part) => (text += part));
  child.stderr.pipe(process.stderr);
  await once(child, 'close');
  const figures = JSON.parse(text);
  const bag = (20_000 * WIDTH * 4) / 2 ** 20;
  console.log(
    `\n500 bags of 20,000 × ${WIDTH} (${bag.toFixed(0)} MiB each) in ${figures.seconds.toFixed(1)} s: peak ${figures.peakMiB.toFixed(0)} MiB, ${(figures.peakMiB / bag).toFixed(2)} bags`,
  );
  return { ...figures, bags: figures.peakMiB / bag };
}

async function iterate(path) {
  const pack = openPack(path);
  const start = performance.now();
  const cases = Array.from({ length: 500 }, (_, i) => {
    const { slide, rows } = pack.slides[i % pack.slides.length];
    return {
      caseId: slide,
      patchCount: rows,
      load: (chosen, into) => pack.load([slide], chosen, into),
    };
  });
  let [sum, walked] = [0, 0];
  for await (const { patches } of iterateBags({ cases, patchWidth: WIDTH }, { seed: 7, prefetch: 1 })) {
    // Every page of the bag is looked at, as a model would.
    for (let i = 0; i < patches.length; i += 1024) sum += patches[i];
    walked += 1;
  }
  if (!Number.isFinite(sum) || walked !== 500) throw new Error(`${walked} bags, sum ${sum}`);
  const peakMiB = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
  process.stdout.write(JSON.stringify({ peakMiB, seconds: (performance.now() - start) / 1000 }));
}

async function startPython(folder, sizes) {
  const child = spawn(
    python,
    ['-m', 'concord_bridge.reference_files.timed_reads', folder, ...sizes.map(String)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('Python ended');
    return value;
  };
  if ((await next()) !== 'ready') throw new Error('Python did not say that it was ready');
  return {
    async read(how, path) {
      child.stdin.write(`${how} ${path}\n`);
      return Number(await next());
    },
    stop: () => child.stdin.end(),
  };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function ms(seconds) {
  return `${(seconds * 1e3).toFixed(1)} ms`.padStart(10);
}
