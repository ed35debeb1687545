import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { concordance } from '@concord/survival';
import { execa } from 'execa';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CellResult } from '../train/cellFiles.js';
import type { StudyReport } from './report/studyReport.js';
import type { Study } from './studyFile.js';

const root = join(import.meta.dirname, '../../../..');
const program = join(root, 'apps/compare/dist/main.js');

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'concord-study-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const GRID = [
  ...['--cohort', 'blca,stad', '--cases', '20', '--backbone', 'maskedomics,ridge-cox,random-survival-forest'],
  ...['--module', 'plain,sdir', '--seeds', '7', '--epochs', '2'],
];

function concord(...words: string[]) {
  return execa('node', [program, 'crosscancer', ...GRID, ...words], { reject: false, cwd: folder });
}

function cells(out: string): string[] {
  const home = join(folder, out, 'cells');
  if (!existsSync(home)) return [];
  return (readdirSync(home, { recursive: true }) as string[])
    .filter((path) => path.endsWith('result.json'))
    .sort();
}

function resultsOf(out: string): unknown[] {
  return cells(out).map((path) => {
    const { seconds: _, ...rest } = JSON.parse(
      readFileSync(join(folder, out, 'cells', path), 'utf8'),
    ) as CellResult;
    return { path, ...rest };
  });
}

describe('concord crosscancer', { timeout: 600_000 }, () => {
  beforeAll(async () => {
    const { exitCode, stderr, stdout } = await concord('--out', 'whole');
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^8 of 8 cells in whole\n[^]*wrote whole\/report\.html/);
  }, 600_000);

  it('writes the study and every cell, whose C-indices are those of its risks', () => {
    const study = JSON.parse(readFileSync(join(folder, 'whole', 'study.json'), 'utf8')) as Study;
    expect(study).toMatchObject({
      schema: 'concord.study/1',
      sources: ['blca', 'stad'],
      targets: ['blca', 'stad'],
      backbones: ['maskedomics', 'ridge-cox', 'random-survival-forest'],
      modules: ['plain', 'sdir'],
      seeds: [7],
      planted: [{ cohort: 'blca' }, { cohort: 'stad' }],
    });
    expect(cells('whole')).toHaveLength(8);
    for (const path of cells('whole')) {
      const home = join(folder, 'whole', 'cells', path.replace(/result\.json$/, ''));
      const result = JSON.parse(readFileSync(join(home, 'result.json'), 'utf8')) as CellResult;
      expect(existsSync(join(home, 'checkpoints'))).toBe(false);
      const config: unknown = JSON.parse(readFileSync(join(home, 'config.json'), 'utf8'));
      expect(createHash('sha256').update(JSON.stringify(config)).digest('hex')).toBe(result.hash);
      const { data } = Papa.parse<Record<string, string>>(
        readFileSync(join(home, 'risks.csv'), 'utf8').trim(),
        {
          header: true,
        },
      );
      expect(result.targets.map(({ role }) => role)).toEqual(['in-domain', 'cross-domain']);
      for (const { cohort, role, cases, cindex } of result.targets) {
        const own = data.filter((row) => row['cohort'] === cohort && row['role'] === role);
        expect(own).toHaveLength(cases);
        const followUp = {
          times: own.map((row) => Number(row['months'])),
          events: own.map((row) => row['event'] === '1'),
        };
        expect(
          concordance(
            followUp,
            own.map((row) => Number(row['risk'])),
          ).c,
        ).toBe(cindex);
      }
    }
  });

  it('goes on where a killed grid was, to the same results', async () => {
    const running = concord('--out', 'killed', '--jobs', '1');
    while (cells('killed').length < 2) await setTimeout(50);
    running.kill('SIGKILL');
    await running;
    const before = cells('killed').length;
    const { exitCode, stderr } = await concord('--out', 'killed');
    expect(exitCode, stderr).toBe(0);
    const found = Number(/8 cells, (\d) of them done/.exec(stderr)![1]);
    expect(found).toBeGreaterThanOrEqual(before);
    expect(found).toBeLessThan(8);
    expect(resultsOf('killed')).toEqual(resultsOf('whole'));
  });

  it('keeps a second program out of its folder, and the first one unharmed', async () => {
    const running = concord('--out', 'held', '--jobs', '1');
    while (cells('held').length < 1) await setTimeout(50);
    const second = await concord('--out', 'held');
    expect(second.exitCode).toBe(2);
    expect(second.stderr).toContain(`held: concord crosscancer works in it (process ${running.pid} on `);
    const { exitCode, stderr } = await running;
    expect(exitCode, stderr).toBe(0);
    expect(resultsOf('held')).toEqual(resultsOf('whole'));
  });

  it('stops on Ctrl-C, says the command, and goes on with it', async () => {
    const running = concord('--out', 'stopped', '--jobs', '1');
    while (cells('stopped').length < 1) await setTimeout(50);
    running.kill('SIGINT');
    const { exitCode, stderr } = await running;
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /stopped with \d cells left\. Go on with the same command:\n {2}concord crosscancer /,
    );
    await concord('--out', 'stopped');
    expect(resultsOf('stopped')).toEqual(resultsOf('whole'));
  });

  it('takes another seed, refuses another study, and names cells that fail', async () => {
    const more = await concord('--out', 'whole', '--seeds', '8');
    expect(more.exitCode, more.stderr).toBe(0);
    expect(cells('whole')).toHaveLength(16);
    const study = JSON.parse(readFileSync(join(folder, 'whole', 'study.json'), 'utf8')) as Study;
    expect(study.seeds).toEqual([7, 8]);
    const other = await concord('--out', 'whole', '--epochs', '3');
    expect(other.stderr).toContain('holds a study of other epochs');
    const failing = await concord(
      '--out',
      'failing',
      '--backbone',
      'ridge-cox,stage-age,mlpomics',
      '--module',
      'dsu',
    );
    expect(failing.exitCode).toBe(2);
    expect(failing.stderr).toMatch(
      /not computed: stage-age × plain on blca, seed 7: .*neither age nor stage/,
    );
    expect(failing.stderr).toMatch(/not computed: mlpomics × dsu on stad, seed 7: dsu does not work/);
    expect(failing.stdout).toMatch(/^2 of 6 cells in failing\n/);
  });

  it('trains in both stacks step by step, also after a kill, and reports how they agree', async () => {
    const words = [
      '--backbone',
      'maskedomics',
      '--module',
      'sdir',
      '--stack',
      'both',
      '--jobs',
      '1',
      '--out',
      'both',
    ];
    const running = concord(...words);
    while (cells('both').length < 1) await setTimeout(50);
    running.kill('SIGKILL');
    await running;
    const { exitCode, stdout, stderr } = await concord(...words);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(/1 of 1: maskedomics × sdir, .*; both stacks agree; /);
    expect(stdout).toMatch(/^2 of 2 cells in both\n/);
    expect(stdout).toMatch(/Both stacks trained 2 runs step by step: all agree; /);
    const report = JSON.parse(readFileSync(join(folder, 'both', 'report.json'), 'utf8')) as StudyReport;
    for (const { losses, risks, cohorts } of report.agreement) {
      // 16 cases train for two epochs; 4 are held out and 20 are of the target.
      expect(losses.count).toBe(32);
      expect(risks.count).toBe(24);
      expect(cohorts).toBe(2);
    }
    const page = readFileSync(join(folder, 'both', 'report.html'), 'utf8');
    expect(page).toContain('<h2>Both stacks, step by step</h2>');
  });

  it('trains two cohorts together, and judges on the third', async () => {
    const words = ['--cohort', 'blca,stad,hnsc', '--source', 'blca+stad', '--backbone', 'maskedomics'];
    const { exitCode, stderr } = await concord(...words, '--module', 'plain', '--out', 'mixed');
    expect(exitCode, stderr).toBe(0);
    expect(resultsOf('mixed')).toMatchObject([
      {
        source: 'blca+stad',
        targets: [
          { cohort: 'blca', role: 'in-domain', cases: 4 },
          { cohort: 'stad', role: 'in-domain', cases: 4 },
          { cohort: 'hnsc', role: 'cross-domain', cases: 20 },
        ],
      },
    ]);
  });
});
