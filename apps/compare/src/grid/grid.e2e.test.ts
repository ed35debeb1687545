import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CellSpec } from '../train/cellSpec.js';
import type { CellInputs } from './cellInputs.js';
import { concord, digests, doneCells, grid, hasRay } from './grid.testing.js';
import { disturb } from './kills.testing.js';

/** How often each kind of process is killed; more than once where somebody asks for it. */
const KILLS = Number(process.env['CONCORD_KILLS'] ?? 1);
/** Of them in one grid, at most. */
const KILLS_A_GRID = 10;
/** Seeds of the grid in which they are, and its cells: four a seed. */
const SEEDS = process.env['CONCORD_KILLS'] ? [1, 2, 3, 4, 5, 6] : [1, 2];
const CELLS = 4 * SEEDS.length;

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'concord-grid-'));
  writeFileSync(
    join(home, 'small.yaml'),
    'cohort: [blca, stad]\ncases: 20\nbackbone: [maskedomics, ridge-cox]\nmodule: [plain, sdir]\n' +
      'seeds: [7]\nepochs: 2\nout: small\n',
  );
  writeFileSync(
    join(home, 'kills.yaml'),
    'cohort: [blca, stad]\ncases: 20\nbackbone: maskedomics\nmodule: [plain, sdir]\n' +
      `seeds: [${SEEDS.join()}]\nepochs: 2\n`,
  );
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const run = (...words: readonly string[]) => grid(home, ['run', ...words]);

describe('concord grid', { timeout: 600_000 }, () => {
  beforeAll(async () => {
    const { exitCode, stderr, stdout } = await run('small.yaml');
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^6 of 6 cells in small\n/);
  }, 600_000);

  it('computes nothing twice', async () => {
    const before = readFileSync(join(home, 'small', 'cells', doneCells(join(home, 'small'))[0]!), 'utf8');
    const { exitCode, stderr } = await run('small.yaml');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('6 cells, 6 of them done');
    expect(readFileSync(join(home, 'small', 'cells', doneCells(join(home, 'small'))[0]!), 'utf8')).toBe(
      before,
    );
  });

  it('says how the cells stand, and which input makes one stale', async () => {
    const status = await grid(home, ['status', 'small', '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({
      schema: 'concord.grid-status/1',
      counts: { done: 6, running: 0, waiting: 0, stale: 0, failed: 0 },
    });
    // Peers are not trained in epochs: only networks are affected.
    writeFileSync(
      join(home, 'longer.yaml'),
      readFileSync(join(home, 'small.yaml'), 'utf8').replace('epochs: 2', 'epochs: 3'),
    );
    const longer = await grid(home, ['status', 'longer.yaml', '--why']);
    expect(longer.stdout).toMatch(/^small: 6 cells: 2 done, 4 stale\n/);
    expect(longer.stdout).toMatch(
      /stale {4}maskedomics × sdir on stad, seed 7: config\.training\.epochs changed/,
    );
    // Other code, as if another version had made one cell.
    const inputs = join(home, 'small/.grid/cells/maskedomics/plain/blca/seed7-fold0/inputs.json');
    const own = readFileSync(inputs, 'utf8');
    writeFileSync(inputs, own.replace(/("backbone": ")\w{64}/, `$1${'0'.repeat(64)}`));
    const other = await grid(home, ['status', 'small', '--why']);
    writeFileSync(inputs, own);
    expect(other.stdout).toMatch(/^small: 6 cells: 5 done, 1 stale\n/);
    expect(other.stdout).toContain('stale    maskedomics × plain on blca, seed 7: code.backbone changed');
  });

  it('makes stale what a changed data file affects, and computes that anew', async () => {
    const synth = await concord(home, ['data', 'synth', 'data', '--cases', '20', '--layouts', 'survpath']);
    expect(synth.exitCode, synth.stderr).toBe(0);
    const words = ['--cohort', 'data/blca.yaml,data/stad.yaml,data/hnsc.yaml', '--source', 'blca,stad'];
    const flags = [...words, '--target', 'blca', '--backbone', 'ridge-cox', '--seeds', '7', '--out', 'filed'];
    expect((await run(...flags)).exitCode).toBe(0);
    const before = digests(join(home, 'filed'));
    expect(Object.keys(before)).not.toHaveLength(0);
    const outcomes = join(home, 'data/datasets_csv/metadata/tcga_stad.csv');
    const lived = readFileSync(outcomes, 'utf8');
    writeFileSync(
      outcomes,
      lived.replace(/(\d+\.\d+)/, (months) => String(Number(months) + 1)),
    );
    const status = await grid(home, ['status', 'filed', '--why']);
    expect(status.stdout).toMatch(/^filed: 2 cells: 1 done, 1 stale\n/);
    expect(status.stdout).toMatch(
      /stale {4}ridge-cox × plain on stad, seed 7: config\.cohorts\.stad\.digests\.\w+/,
    );
    const again = await run(...flags);
    expect(again.stderr).toMatch(/1 results are of other inputs \(config\.cohorts\.stad\.digests/);
    expect(again.stderr).toContain('2 cells, 1 of them done');
    expect(existsSync(join(home, 'filed/.grid/replaced'))).toBe(true);
    const pruned = await grid(home, ['prune', 'filed']);
    expect(pruned.stdout).toContain('removed filed/.grid/replaced');
    expect(existsSync(join(home, 'filed/.grid/replaced'))).toBe(false);
  });

  it('leaves out what failed before, until it is told to try again', async () => {
    const words = [
      '--cohort',
      'blca,stad',
      '--cases',
      '20',
      '--backbone',
      'ridge-cox,stage-age',
      '--seeds',
      '7',
    ];
    const first = await run(...words, '--out', 'failing');
    expect(first.exitCode).toBe(2);
    expect(first.stdout).toMatch(/^2 of 4 cells in failing/);
    const second = await run(...words, '--out', 'failing');
    expect(second.stderr).toContain('2 failed before with the same inputs and are left out');
    const status = await grid(home, ['status', 'failing']);
    expect(status.stdout).toMatch(
      /failed {3}stage-age × plain on stad, seed 7: .*neither age nor stage.*\(program\); log: \.grid/,
    );
    const third = await grid(home, ['retry', 'failing']);
    expect(third.exitCode).toBe(2);
    expect(third.stderr).toMatch(/not computed: stage-age × plain on blca, seed 7: .*neither age nor stage/);
  });

  it.each([
    [
      'data',
      'config.cohorts.blca.digests.recipe',
      (text: string) => text.replace(/("recipe": ")\w{64}/, '$1other'),
    ],
    ['code', 'code.training', (text: string) => text.replace(/("training": ")\w{64}/, '$1other')],
  ])('refuses a cell where %s is not what it was asked with', async (_, named, change) => {
    const place = 'cells/maskedomics/plain/blca/seed7-fold0';
    const inputs = JSON.parse(
      change(readFileSync(join(home, 'small/.grid', place, 'inputs.json'), 'utf8')),
    ) as CellInputs & { readonly config: CellSpec };
    const synthetic = { cases: 20, shift: 0.4, geneSignal: 1, patchSignal: 1, seed: 7 };
    const request = {
      setting: { cohorts: ['blca', 'stad'], cwd: home, synthetic, keep: false, embeddingSeed: 7 },
      cell: { spec: inputs.config, folder: place, inputs },
      check: true,
    };
    const trainer = execa('node', [join(import.meta.dirname, '../../dist/grid/cellProcess.js')], {
      reject: false,
      cwd: home,
    });
    trainer.stdin.write(`${JSON.stringify(request)}\n`);
    const { stdout, exitCode } = await trainer;
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      error: expect.stringContaining(`where this cell runs, ${named} is not what was asked for`) as string,
    });
  });

  it('names a file that it cannot read', async () => {
    writeFileSync(join(home, 'wrong.yaml'), 'epoch: 3\n');
    expect((await run('wrong.yaml')).stderr).toMatch(
      /wrong\.yaml: there is no option epoch\. Allowed: cohort, source/,
    );
    writeFileSync(join(home, 'wrong.yaml'), 'epochs: many\n');
    expect((await run('wrong.yaml')).stderr).toMatch(
      /wrong\.yaml: epochs: many: Expected a whole number from 1/,
    );
  });

  it('refuses a second driver in one folder, of either command', async () => {
    const first = run('small.yaml', '--out', 'shared', '--epochs', '200');
    while (!existsSync(join(home, 'shared', '.lock'))) await sleep(50);
    const second = await run('small.yaml', '--out', 'shared');
    expect(second.exitCode).toBe(2);
    expect(second.stderr).toMatch(/shared: concord grid run works in it \(process \d+ on /);
    const third = await concord(home, ['crosscancer', '--out', 'shared']);
    expect(third.stderr).toMatch(/shared: concord grid run works in it/);
    first.kill('SIGKILL');
    await first;
    expect(existsSync(join(home, 'shared', '.lock'))).toBe(true);
    expect((await grid(home, ['status', 'shared'])).stdout ?? '').not.toContain('at work');
  });

  it.each([
    ['time', ['--limit', '15', '--epochs', '10000'], /not done within 15 s \(--limit\)/],
    ['memory', ['--memory', '250'], /holds \d+ MiB of memory, more than 250 \(--memory\)/],
  ])('ends a cell that takes too much %s, by name', async (what, words, said) => {
    const few = ['small.yaml', '--out', `limited-${what}`, '--module', 'plain'];
    const { exitCode, stderr, stdout } = await run(...few, ...words);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(said);
    // The other cells finish: peers take little time.
    if (what === 'time') expect(stdout).toMatch(/^2 of 4 cells/);
    const status = await grid(home, ['status', `limited-${what}`]);
    expect(status.stdout).toContain(`(${what}); log: .grid/`);
  });

  describe(`of ${CELLS} cells`, () => {
    const victims = [
      ...(['worker', 'driver'] as const).map((victim) => ['local', victim] as const),
      ...(hasRay ? (['worker', 'node', 'driver'] as const) : []).map((victim) => ['ray', victim] as const),
    ];
    let whole: Record<string, string>;
    beforeAll(async () => {
      const { exitCode, stderr } = await run('kills.yaml', '--out', 'whole');
      expect(exitCode, stderr).toBe(0);
      whole = digests(join(home, 'whole'));
      expect(doneCells(join(home, 'whole'))).toHaveLength(CELLS);
    }, 600_000);

    it.each(victims)(
      `with engine %s survives ${KILLS} times kill -9 of a %s, to the same bytes`,
      { timeout: 600_000 * Math.ceil(KILLS / 2) },
      async (engine, victim) => {
        let [met, grids] = [0, 0];
        for (; met < KILLS; grids += 1) {
          const study = join(home, `killed-${engine}-${victim}-${grids}`);
          const words = ['kills.yaml', '--out', study, '--engine', engine];
          met += await disturb(() => run(...words), study, {
            ...{ engine, victim, cells: CELLS },
            times: Math.min(KILLS - met, KILLS_A_GRID),
          });
          expect(digests(study)).toEqual(whole);
          rmSync(study, { recursive: true, force: true });
        }
        console.info(`${engine}: ${met} times a ${victim} was killed at work, in ${grids} grids`);
      },
    );
  });

  describe.skipIf(!hasRay)('by Ray', () => {
    it('gives the same bytes as locally', async () => {
      const { exitCode, stderr } = await run('small.yaml', '--out', 'by-ray', '--engine', 'ray');
      expect(exitCode, stderr).toBe(0);
      expect(digests(join(home, 'by-ray'))).toEqual(digests(join(home, 'small')));
    });

    it('sends data and brings results through a store, to the same bytes', async () => {
      const synth = await concord(home, ['data', 'synth', 'sent', '--cases', '20', '--layouts', 'survpath']);
      expect(synth.exitCode, synth.stderr).toBe(0);
      const cohorts = ['--cohort', 'sent/blca.yaml,sent/stad.yaml', '--seeds', '7'];
      const words = [...cohorts, '--backbone', 'maskedomics', '--module', 'plain,sdir', '--epochs', '1'];
      const local = await run(...words, '--out', 'unsent');
      expect(local.exitCode, local.stderr).toBe(0);
      const store = join(home, 'store');
      mkdirSync(store);
      const through = [...words, '--engine', 'ray', '--store', `file://${store}`];
      const first = await run(...through, '--out', 'through');
      expect(first.exitCode, first.stderr).toBe(0);
      expect(first.stderr).toMatch(/\d+ data files go to file:/);
      expect(digests(join(home, 'through'))).toEqual(digests(join(home, 'unsent')));
      // Another driver, such as one that lost its disk, computes nothing that lies there.
      const second = await run(...through, '--out', 'again');
      expect(second.stderr).not.toMatch(/data files go to/);
      expect(digests(join(home, 'again'))).toEqual(digests(join(home, 'unsent')));
      expect(readFileSync(join(home, 'again/cells', doneCells(join(home, 'again'))[0]!), 'utf8')).toBe(
        readFileSync(join(home, 'through/cells', doneCells(join(home, 'through'))[0]!), 'utf8'),
      );
      const refused = await run(...words, '--store', 'file:///x', '--out', 'unsent');
      expect(refused.stderr).toContain('--store: only --engine ray has one');
      expect(refused.exitCode).toBe(2);
    });

    it('stops on Ctrl-C, says the command, and goes on with it', async () => {
      const words = ['kills.yaml', '--out', 'stopped', '--engine', 'ray'];
      const running = run(...words);
      while (doneCells(join(home, 'stopped')).length < 2) await sleep(50);
      running.kill('SIGINT');
      const { exitCode, stderr } = await running;
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(
        /stopped with \d+ cells left\. Go on with the same command:\n {2}concord grid run/,
      );
      expect((await run(...words)).exitCode).toBe(0);
      expect(doneCells(join(home, 'stopped'))).toHaveLength(CELLS);
    });
  });
});
