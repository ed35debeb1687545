import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeMadeStudy } from '../crosscancer/studyFolder.testing.js';
import type { CommandContext } from './context.js';
import { runCommandLine } from './program.js';

let cwd = '';
let study = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'concord-cli-'));
  study = join(cwd, 'study');
  writeMadeStudy(study, { cohorts: ['blca', 'brca'], cases: 30, seeds: [1], folds: 2 });
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function concord(...line: string[]) {
  let [out, err] = ['', ''];
  const load = new Proxy({}, { get: () => () => Promise.reject(new Error('not needed here')) });
  const code = await runCommandLine(['crosscancer', 'report', ...line], {
    out: (text) => Promise.resolve(void (out += text)),
    err: { write: (text) => (err += text) },
    colors: false,
    env: {},
    cwd,
    load: load as CommandContext['load'],
  });
  return { code, out, err };
}

describe('concord crosscancer report', () => {
  it('writes every form into the folder, the same each time', async () => {
    const { code, out } = await concord(study, '--resamples', '100');
    expect(code).toBe(0);
    expect(out).toMatch(/^No deep model|^\d of \d/);
    const forms = ['report.csv', 'report.html', 'report.json', 'report.md', 'report.tex'];
    expect(readdirSync(study).filter((name) => name.startsWith('report'))).toEqual(forms);
    const first = forms.map((form) => readFileSync(join(study, form), 'utf8'));
    await concord(study, '--resamples', '100');
    expect(forms.map((form) => readFileSync(join(study, form), 'utf8'))).toEqual(first);
  });

  it('writes where it is told, and JSON to standard output', async () => {
    const line = ['--html', 'a/page.html', '--csv', 'b.csv', '--json', '-', '--resamples', '100'];
    const { code, out } = await concord(study, ...line);
    expect(code).toBe(0);
    expect((JSON.parse(out) as { schema: string }).schema).toBe('concord.crosscancer/1');
    expect([existsSync(join(cwd, 'a/page.html')), existsSync(join(cwd, 'b.csv'))]).toEqual([true, true]);
    expect(readdirSync(study).filter((name) => name.startsWith('report'))).toEqual([
      'report.md',
      'report.tex',
    ]);
  });

  it('exits 1 where a cell is broken, and names it', async () => {
    writeFileSync(join(study, 'cells/mcat/plain/blca/seed1-fold0/risks.csv'), 'cohort,role\n');
    const { code, out } = await concord(study, '--resamples', '100');
    expect([code, out.includes('cells/mcat/plain/blca/seed1-fold0: risks.csv: ')]).toEqual([1, true]);
  });

  it('exits 2 where there is no study, or no place to write to, before anything is computed', async () => {
    expect(await concord(cwd)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/study.json: no such file/),
    });
    expect(await concord(join(cwd, 'nowhere'))).toMatchObject({ code: 2 });
    expect(await concord(study, '--html', study)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--html .*: that is a folder; name a file in it/),
    });
    expect(await concord(study, '--html', '-')).toMatchObject({ code: 2 });
  });
});
