import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { syntheticCohort, writeSynthetic } from '@concord/data';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultEnvironment, type Fault } from '../files/faults.testing.js';
import { digestsOf } from './runFolder.testing.js';

const program = join(import.meta.dirname, '../../dist/main.js');
/** SIGKILLs of the test; `CONCORD_KILLS=50` meets each moment a dozen times. */
const KILLS = Number(process.env['CONCORD_KILLS'] ?? 4);

/** What a run is doing: operations by which it is met there, how many of them it surely has, and how it ends. */
const MOMENTS = {
  'data loading': { at: '^read .*\\.(csv|yaml)$', most: 8, effect: 'kill' },
  step: { at: '^turn$', most: 20, effect: 'kill soon' },
  'checkpoint write': { at: 'checkpoint-', most: 300, effect: 'kill' },
  report: {
    at: '^(write|rename) .*((metrics|steps|risks|embeddings)\\.csv|result\\.json)',
    most: 10,
    effect: 'kill',
  },
} as const;

type Moment = keyof typeof MOMENTS;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'concord-kills-'));
  for (const name of ['blca', 'stad']) await writeSynthetic(folder, syntheticCohort(name, { cases: 20 }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RUN = [
  ...['train', '--cohort', 'blca.yaml', '--target', 'stad.yaml', '--backbone', 'mlpwsi', '--module', 'sdir'],
  ...['--patches', '12', '--epochs', '12', '--every', '7'],
];

/** Start a run, or go on with it. */
function train(out: string, fault?: Fault, log?: string) {
  const begun = existsSync(join(folder, out, 'config.json'));
  const words = [program, ...RUN, '--out', out, ...(begun ? ['--resume'] : [])];
  return execa('node', words, { reject: false, cwd: folder, env: faultEnvironment(fault, log) });
}

/** What a process was doing last. */
function momentOf(log: string): Moment | undefined {
  const last = readFileSync(log, 'utf8').trim().split('\n').at(-1)!.replace(/^\d+ /, '');
  return (Object.keys(MOMENTS) as Moment[]).find((name) => new RegExp(MOMENTS[name].at).test(last));
}

describe('concord train', { timeout: 3_600_000 }, () => {
  it(`goes on after ${KILLS} kills at random operations of every moment to the same bits`, async ({
    annotate,
  }) => {
    const { exitCode, stderr } = await train('whole');
    expect(exitCode, stderr).toBe(0);
    const whole = digestsOf(join(folder, 'whole'));
    const met = new Map<Moment, number>();
    let drafts = 0;
    for (let killed = 0; killed < KILLS;) {
      const out = `killed-${killed}`;
      const said: string[] = [];
      for (const name of (Object.keys(MOMENTS) as Moment[]).slice(0, KILLS - killed)) {
        const { most, ...fault } = MOMENTS[name];
        const log = join(folder, `${out}-${name}.log`);
        const nth = 1 + Math.floor(Math.random() * most);
        said.push(`${name} ${nth}`);
        const { signal } = await train(out, { ...fault, nth }, log);
        expect(signal, said.join(', ')).toBe('SIGKILL');
        killed += 1;
        const moment = momentOf(log)!;
        met.set(moment, (met.get(moment) ?? 0) + 1);
        drafts += leftovers(out).length > 0 ? 1 : 0;
      }
      const last = await train(out);
      expect(last.exitCode, said.join(', ') + last.stderr).toBe(0);
      expect(digestsOf(join(folder, out)), said.join(', ')).toEqual(whole);
      expect(leftovers(out)).toEqual([]);
      rmSync(join(folder, out), { recursive: true });
    }
    await annotate(`${JSON.stringify([...met])}; ${drafts} left a file half-written`);
    // The kill that comes soon after a step began may fall into what follows it; of several, not all do.
    for (const name of (Object.keys(MOMENTS) as Moment[]).slice(0, KILLS))
      if (name !== 'step' || KILLS > 20) expect(met.get(name), name).toBeGreaterThan(0);
  });
});

/** Files that a killed process was writing. */
function leftovers(out: string): string[] {
  const home = join(folder, out);
  if (!existsSync(home)) return [];
  return (readdirSync(home, { recursive: true }) as string[]).filter((path) => /\.part(ial)?$/.test(path));
}
