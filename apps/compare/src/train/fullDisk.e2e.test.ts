import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultEnvironment, type Fault } from '../files/faults.testing.js';
import { digestsOf } from './runFolder.testing.js';

const program = join(import.meta.dirname, '../../dist/main.js');
/** Whether a small disk of one's own can be had here; otherwise the error of a full one is made up. */
const isReal = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

const TRAIN = [
  ...['train', '--cases', '20', '--target', 'stad', '--backbone', 'mlpwsi', '--module', 'sdir'],
  ...['--patches', '12', '--epochs', '2', '--every', '7'],
];
const GRID = [
  ...[
    'crosscancer',
    '--cohort',
    'blca,stad',
    '--cases',
    '20',
    '--source',
    'blca',
    '--backbone',
    'maskedomics',
  ],
  ...['--module', 'plain,sdir', '--seeds', '7', '--epochs', '2', '--jobs', '1'],
];

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'concord-disk-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a command said on a disk that ran full, what it left there, and what it says when there is room again. */
interface Ran {
  readonly first: { readonly exitCode: number; readonly said: string };
  /** Files of the folder in between. */
  readonly left: readonly string[];
  readonly second: { readonly exitCode: number; readonly said: string };
  /** The folder at the end. */
  readonly out: string;
}

/** Run a command on a disk that is full from the n-th operation of a kind on, then again with room. */
async function onFullDisk(
  words: readonly string[],
  again: readonly string[],
  at: string,
  nth = 1,
): Promise<Ran> {
  const home = mkdtempSync(join(folder, 'case-'));
  const disk = join(home, 'disk');
  mkdirSync(disk, { recursive: true });
  const fault: Fault = { at, nth, effect: 'full disk' };
  const env = faultEnvironment(fault, undefined, isReal ? join(disk, 'ballast') : undefined);
  const run = (step: string, more: readonly string[]) =>
    `node ${[program, ...more].map((word) => `'${word}'`).join(' ')} > ${step}.txt 2>&1; echo $? > ${step}.code`;
  const script = [
    ...(isReal ? ['mount -t tmpfs -o size=64m none disk || exit 99'] : []),
    run('first', [...words, '--out', 'disk/out']),
    'find disk/out -type f > left.txt; rm -f disk/ballast; unset NODE_OPTIONS',
    run('second', [...again, '--out', 'disk/out']),
    'cp -r disk/out out',
  ].join('\n');
  writeFileSync(join(home, 'script.sh'), script);
  const [command, ...rest] = isReal ? ['unshare', '-rm', 'bash', 'script.sh'] : ['bash', 'script.sh'];
  await execa(command!, rest, { cwd: home, env });
  const text = (file: string) => readFileSync(join(home, file), 'utf8');
  const step = (which: string) => ({ exitCode: Number(text(`${which}.code`)), said: text(`${which}.txt`) });
  return {
    ...{ first: step('first'), second: step('second'), out: join(home, 'out') },
    left: text('left.txt')
      .trim()
      .split('\n')
      .map((path) => path.replace('disk/out/', '')),
  };
}

const half = (path: string) => /\.part(ial)?$/.test(path);

describe(
  `a full disk (${isReal ? 'a real one' : 'made up: no disk can be mounted here'})`,
  { timeout: 600_000 },
  () => {
    describe('under concord train', () => {
      let whole: Record<string, string>;
      beforeAll(async () => {
        await execa('node', [program, ...TRAIN, '--out', 'whole'], { cwd: folder });
        whole = digestsOf(join(folder, 'whole'));
      }, 600_000);

      it.each([
        [
          'the first checkpoint',
          '^write .*checkpoint-',
          5,
          /the checkpoint .*checkpoint-00000007\.safetensors cannot be written: ENOSPC: .*earlier ones are left/,
          0,
        ],
        [
          'a later checkpoint',
          '^write .*checkpoint-00000021',
          30,
          /the checkpoint .*checkpoint-00000021\.safetensors cannot be written: ENOSPC: .*earlier ones are left/,
          2,
        ],
        ['metrics.csv', '^write .*metrics', 1, /metrics\.csv cannot be written: ENOSPC/, 2],
        ['steps.csv', '^write .*steps', 1, /steps\.csv cannot be written: ENOSPC/, 2],
        ['risks.csv', '^write .*risks', 1, /risks\.csv cannot be written: ENOSPC/, 2],
        ['embeddings.csv', '^write .*embeddings', 1, /embeddings\.csv cannot be written: ENOSPC/, 2],
        ['result.json', '^write .*result', 1, /result\.json cannot be written: ENOSPC/, 2],
      ])(
        'at %s: says so, keeps the last good checkpoints, and goes on when there is room',
        async (_, at, nth, message, kept) => {
          const { first, left, second, out } = await onFullDisk(TRAIN, [...TRAIN, '--resume'], at, nth);
          expect(first.exitCode, first.said).toBe(2);
          expect(first.said).toMatch(message);
          expect(left.filter((path) => path.endsWith('.safetensors'))).toHaveLength(kept);
          expect(left.filter(half)).toEqual([]);
          expect(left).not.toContain('result.json');
          expect(second.exitCode, second.said).toBe(0);
          expect(digestsOf(out)).toEqual(whole);
        },
      );
    });

    describe('under concord crosscancer', () => {
      it.each([
        [
          'a checkpoint of a cell',
          '^write .*checkpoint-',
          30,
          /not computed: maskedomics × plain on blca, seed 7: the checkpoint .* cannot be written: ENOSPC/,
        ],
        [
          'a result of a cell',
          '^write .*result',
          1,
          /not computed: maskedomics × plain on blca, seed 7: .*result\.json cannot be written: ENOSPC/,
        ],
        ['the report', '^write .*report.html', 1, /report\.html cannot be written: ENOSPC/],
      ])(
        'at %s: names what is missing, and the same command goes on when there is room',
        async (_, at, nth, message) => {
          const { first, left, second, out } = await onFullDisk(GRID, GRID, at, nth);
          expect(first.exitCode, first.said).toBe(2);
          expect(first.said).toMatch(message);
          expect(left.filter(half)).toEqual([]);
          expect(second.exitCode, second.said).toBe(0);
          expect(second.said).toContain('2 of 2 cells in disk/out');
          expect(existsSync(join(out, 'report.html'))).toBe(true);
          expect((readdirSync(out, { recursive: true }) as string[]).filter(half)).toEqual([]);
        },
      );
    });
  },
);
