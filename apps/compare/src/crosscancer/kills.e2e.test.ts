import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultEnvironment, type Fault } from '../files/faults.testing.js';
import type { CellResult } from '../train/cellFiles.js';

const program = join(import.meta.dirname, '../../dist/main.js');
/** Rounds of kills, one at each moment. */
const ROUNDS = Math.ceil(Number(process.env['CONCORD_KILLS'] ?? 5) / 5);

/** Moments of a grid. In a cell its worker is met, and takes the program that started it along. */
const MOMENTS: Readonly<
  Record<string, { readonly at: string; readonly most: number; readonly effect: Fault['effect'] }>
> = {
  'a step': { at: '^turn$', most: 20, effect: 'kill all' },
  'a checkpoint': { at: 'checkpoint-', most: 100, effect: 'kill all' },
  'the files of a cell': {
    at: '^(write|rename) .*cells.*(risks\\.csv|result\\.json)',
    most: 4,
    effect: 'kill all',
  },
  'the program alone': { at: '^turn$', most: 20, effect: 'kill parent' },
  'the report': { at: '^(write|rename) .*report\\.(html|md|csv|tex|json)', most: 10, effect: 'kill' },
};

const GRID = [
  ...['crosscancer', '--cohort', 'blca,stad', '--cases', '20', '--backbone', 'maskedomics,ridge-cox'],
  ...['--module', 'plain,sdir', '--seeds', '7', '--epochs', '2', '--jobs', '1'],
];

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'concord-grid-kills-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function concord(
  out: string,
  { fault, log, more = [] }: { fault?: Fault; log?: string; more?: string[] } = {},
) {
  const words = [program, ...GRID, ...more, '--out', out];
  return execa('node', words, { reject: false, cwd: folder, env: faultEnvironment(fault, log) });
}

/** What cells leave behind, but for the time that they took. */
function digestsOf(out: string): Record<string, string> {
  const home = join(folder, out, 'cells');
  const files = (readdirSync(home, { recursive: true }) as string[]).filter((path) =>
    /\.(csv|json)$/.test(path),
  );
  return Object.fromEntries(
    files.sort().map((path) => {
      const text = readFileSync(join(home, path), 'utf8');
      if (!path.endsWith('result.json')) return [path, createHash('sha256').update(text).digest('hex')];
      const { seconds: _, ...result } = JSON.parse(text) as CellResult;
      return [path, JSON.stringify(result)];
    }),
  );
}

/** Processes that log there, still alive. */
function alive(log: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(log);
    } catch {
      return false;
    }
  });
}

async function expectNobodyLeft(log: string): Promise<void> {
  for (let waited = 0; waited < 100 && alive(log).length > 0; waited++) await setTimeout(100);
  expect(alive(log)).toEqual([]);
}

describe.skipIf(!existsSync('/proc/self/environ'))('a grid', { timeout: 3_600_000 }, () => {
  let whole: Record<string, string>;
  beforeAll(async () => {
    const { exitCode, stderr } = await concord('whole');
    expect(exitCode, stderr).toBe(0);
    whole = digestsOf('whole');
  }, 600_000);

  it.each(Array.from({ length: ROUNDS }, (_, round) => round))(
    'killed at every moment goes on to the same bytes, no cell done twice (round %i)',
    async (round) => {
      const out = `killed-${round}`;
      const log = join(folder, `${out}.log`);
      const said: string[] = [];
      for (const [moment, { most, ...fault }] of Object.entries(MOMENTS)) {
        const nth = 1 + Math.floor(Math.random() * most);
        said.push(`${moment} ${nth}`);
        // At once, while a worker may still be at its last step.
        const { signal, stderr } = await concord(out, { fault: { ...fault, nth }, log });
        expect(signal, said.join(', ') + stderr).toBe('SIGKILL');
      }
      const last = await concord(out, { log });
      expect(last.exitCode, said.join(', ') + last.stderr).toBe(0);
      expect(digestsOf(out), said.join(', ')).toEqual(whole);
      const finished = readFileSync(log, 'utf8').match(/rename .*cells.*result\.json$/gm)!;
      // A kill right before this rename has logged it as well.
      const doubled = said.includes('the files of a cell 4') ? 1 : 0;
      expect(finished.length, said.join(', ')).toBe(6 + doubled);
      const parts = (readdirSync(join(folder, out), { recursive: true }) as string[]).filter((path) =>
        /\.part(ial)?$/.test(path),
      );
      expect(parts).toEqual([]);
      await expectNobodyLeft(log);
      const pages = ['report.md', 'report.csv', 'report.json'].map((name) =>
        readFileSync(join(folder, out, name), 'utf8'),
      );
      await execa('node', [program, 'crosscancer', 'report', out], { cwd: folder });
      expect(
        ['report.md', 'report.csv', 'report.json'].map((name) =>
          readFileSync(join(folder, out, name), 'utf8'),
        ),
      ).toEqual(pages);
    },
  );

  it('told to stop, with all of its processes, finishes steps, saves and leaves nobody', async () => {
    const log = join(folder, 'stopped.log');
    const more = ['--jobs', '2', '--epochs', '60'];
    const running = execa('node', [program, ...GRID, ...more, '--out', 'stopped'], {
      ...{ reject: false, cwd: folder, env: faultEnvironment(undefined, log), detached: true },
    });
    const checkpoints = () =>
      existsSync(join(folder, 'stopped', 'cells'))
        ? (readdirSync(join(folder, 'stopped', 'cells'), { recursive: true }) as string[]).filter((path) =>
            path.endsWith('.safetensors'),
          )
        : [];
    while (checkpoints().length < 2) await setTimeout(20);
    process.kill(-running.pid!, 'SIGTERM');
    const { exitCode, stderr } = await running;
    expect(exitCode, stderr).toBe(2);
    expect(stderr).toContain('Go on with the same command');
    await expectNobodyLeft(log);
    const [half, done] = ['checkpoints', 'result.json'].map((name) =>
      (readdirSync(join(folder, 'stopped', 'cells'), { recursive: true }) as string[]).filter((path) =>
        path.endsWith(name),
      ),
    );
    expect(half!.length).toBe(2);
    expect(done).toEqual([]);
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    const workers = new Set(
      lines.filter((line) => line.endsWith(' turn')).map((line) => line.split(' ')[0]!),
    );
    expect(workers.size).toBe(2);
    for (const pid of workers) {
      const own = lines.filter((line) => line.startsWith(`${pid} `));
      const after = own.slice(own.lastIndexOf(`${pid} turn`));
      expect(after.some((line) => /rename .*checkpoint-/.test(line))).toBe(true);
    }
  });
});
