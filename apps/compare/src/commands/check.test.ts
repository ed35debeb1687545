import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckReport } from '../checks/checkReport.js';
import { CHECKS } from '../checks/checks.js';
import { OUTSIDER_MUTANTS } from '../checks/outsider.mutants.testing.js';
import { writeMadeStudy } from '../crosscancer/studyFolder.testing.js';
import { outsiderRun, writeOutsiderRun } from '../judgedRun/outsiderRun.testing.js';
import type { CommandContext } from './context.js';
import { runCommandLine } from './program.js';

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../schema/check-1.schema.json'), 'utf8'),
) as object;
const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'concord-cli-'));
  writeOutsiderRun(join(cwd, 'clean'), outsiderRun());
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function concord(...line: string[]) {
  let [out, err] = ['', ''];
  const load = new Proxy({}, { get: () => () => Promise.reject(new Error('not needed here')) });
  const code = await runCommandLine(['check', ...line], {
    out: (text) => Promise.resolve(void (out += text)),
    err: { write: (text) => (err += text) },
    colors: false,
    env: {},
    cwd,
    load: load as CommandContext['load'],
  });
  return { code, out, err };
}

describe('concord check', () => {
  it('ends with 0 where nothing is found, and names every check', async () => {
    const { code, out } = await concord('clean');
    expect(code).toBe(0);
    for (const { id } of CHECKS) expect(out).toContain(id);
    expect(out).toMatch(/NOTHING FOUND {2}1 run: 0 mistakes found, 17 not there, 0 cannot be judged\n$/);
  });

  it('ends with 1 where one is, and says what it does and what to do', async () => {
    cpSync(join(cwd, 'clean'), join(cwd, 'mutant'), { recursive: true });
    OUTSIDER_MUTANTS.find(({ id }) => id === 'nan-loss')!.make(join(cwd, 'mutant'));
    const { code, out } = await concord('mutant', '--json', 'reports/check.json', '--report', 'check.html');
    expect(code).toBe(1);
    const { remedy } = CHECKS.find(({ id }) => id === 'nan-loss')!;
    expect(out).toContain(
      '! nan-loss  A loss is NaN or infinite.\n  steps.csv, line 32, epoch 3: the loss is no number',
    );
    expect(out).toContain(`do    ${remedy}`);
    expect(out).toMatch(/FOUND {2}1 run: 1 mistake found, 16 not there, 0 cannot be judged/);
    expect(out).toMatch(/wrote {2}reports\/check\.json\nwrote {2}check\.html\n$/);
    const report = JSON.parse(readFileSync(join(cwd, 'reports/check.json'), 'utf8')) as unknown;
    expect(validate(report) ? [] : validate.errors).toEqual([]);
  });

  it('writes a report that the schema describes, whatever was found', async () => {
    const folders = OUTSIDER_MUTANTS.map(({ make }, i) => {
      cpSync(join(cwd, 'clean'), join(cwd, `mutant-${i}`), { recursive: true });
      make(join(cwd, `mutant-${i}`));
      return `mutant-${i}`;
    });
    const { code, out } = await concord(...folders, '--json', '-');
    expect(code).toBe(1);
    const report = JSON.parse(out) as CheckReport;
    expect(validate(report) ? [] : validate.errors).toEqual([]);
    expect(report.runs.map(({ folder }) => folder)).toEqual(folders);
    const { 'cannot be judged': cannot, ...judged } = report.summary;
    expect(judged.found + judged['not found'] + cannot).toBe(17 * folders.length);
  });

  it('ends with 2 where a folder cannot be read, names it, and checks the rest', async () => {
    writeFileSync(join(cwd, 'file'), '');
    const { code, out } = await concord('nowhere', 'clean', 'file');
    expect(code).toBe(2);
    expect(out).toContain('nowhere  there is no such folder');
    expect(out).toContain('file  that is a file; name the folder of the run that holds it');
    expect(out).toMatch(/NOTHING FOUND {2}1 run: .*, 2 folders not read\n$/);
  });

  it('checks each cell of a study', async () => {
    writeMadeStudy(join(cwd, 'study'), { cohorts: ['blca', 'brca'], cases: 30, seeds: [1], folds: 2 });
    const { out } = await concord('study', '--json', '-');
    const { runs } = JSON.parse(out) as CheckReport;
    expect(runs.map(({ folder, form }) => [folder, form]).slice(0, 2)).toEqual([
      ['study/cells/abmil/plain/blca/seed1-fold0', 'cell'],
      ['study/cells/abmil/plain/blca/seed1-fold1', 'cell'],
    ]);
    expect(runs).toHaveLength(16);
  });

  it.each([
    [[], /missing required argument 'folders'/],
    [['clean', '--report', '-'], /--report -: only --json goes to standard output/],
    [['clean', '--json', '/'], /--json \/: that is a folder/],
  ])('refuses %j', async (line, words) => {
    const { code, err } = await concord(...line);
    expect([code, err]).toEqual([2, expect.stringMatching(words)]);
  });
});
