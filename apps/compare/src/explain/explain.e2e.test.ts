import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { execa } from 'execa';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  outsiderRun,
  writeOutsiderRun,
  type OutsiderRun,
  type Rows,
} from '../judgedRun/outsiderRun.testing.js';
import type { Explanation } from './explanation.js';
import { naiveC } from './plantedRuns.testing.js';

const root = join(import.meta.dirname, '../../../..');
const program = join(root, 'apps/compare/dist/main.js');
const schema = JSON.parse(
  readFileSync(join(root, 'apps/compare/schema/explain-1.schema.json'), 'utf8'),
) as object;
const validate = new Ajv({ allErrors: true }).compile(schema);

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'concord-explain-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const concord = (...words: string[]) => execa('node', [program, ...words], { reject: false, cwd: folder });

/** Explain; the JSON follows its schema. */
async function explained(...words: string[]): Promise<Explanation & { readonly exitCode: number }> {
  const { stdout, stderr, exitCode } = await concord(
    'explain',
    ...words,
    '--resamples',
    '200',
    '--json',
    '-',
  );
  expect(stdout, stderr).not.toBe('');
  const explanation = JSON.parse(stdout) as Explanation;
  expect(validate(explanation), JSON.stringify(validate.errors)).toBe(true);
  return { ...explanation, exitCode: exitCode! };
}

/** An outsider's folder, changed before it is written. */
function outsider(name: string, change: (run: OutsiderRun) => void = () => undefined, options = {}): string {
  const run = outsiderRun(options);
  change(run);
  writeOutsiderRun(join(folder, name), run);
  return name;
}

/** Harrell's C of rows as an outsider writes them, pair by pair. */
function cOfRows(rows: Rows): number {
  const judged = rows.map((row) => ({
    ...{ caseId: String(row['case_id']), time: Number(row['survival_months']) },
    ...{ event: row['censorship'] === 0, risk: Number(row['risk_score']) },
  }));
  return naiveC({ rows: judged, measure: { metric: 'harrell', ties: 'scikit-survival', folds: 'pooled' } });
}

describe('concord explain', { timeout: 300_000 }, () => {
  const train = (out: string, ...words: string[]) =>
    concord('train', '--backbone', 'mlpomics', '--cases', '80', '--out', out, ...words);
  beforeAll(async () => {
    for (const [out, epochs] of [
      ['a', '2'],
      ['b', '4'],
    ]) {
      const { exitCode, stderr } = await train(out!, '--epochs', epochs!);
      expect(exitCode, stderr).toBe(0);
    }
  }, 300_000);

  it('finds nothing between a run and its copy', async () => {
    cpSync(join(folder, 'a'), join(folder, 'copy'), { recursive: true });
    const { status, exitCode, parts, made, headline } = await explained('a', 'copy');
    expect({ status, exitCode, parts, made }).toEqual({ status: 'equal', exitCode: 0, parts: [], made: [] });
    expect(headline).toMatch(/^Nothing differs: /);
  });

  it('names what needs another training, by a command that makes the other run again', async () => {
    const { parts, made, exitCode } = await explained('a', 'b');
    expect(exitCode).toBe(0);
    expect(parts.map(({ name }) => name)).toEqual(['risks']);
    expect(made).toMatchObject([{ name: 'epochs', a: '2', b: '4', of: 'A' }]);
    const [, ...words] = made[0]!.command!.split(' ');
    await concord(...words, '--out', 'again');
    expect(readFileSync(join(folder, 'again', 'risks.csv'), 'utf8')).toBe(
      readFileSync(join(folder, 'b', 'risks.csv'), 'utf8'),
    );
  });

  it('trains what lies between two runs, and says what each difference moves', async () => {
    const { exitCode: trained, stderr } = await train('far', '--epochs', '4', '--lr', '0.004');
    expect(trained, stderr).toBe(0);
    const said = await explained('a', 'far', '--retrain');
    expect(said.exitCode).toBe(0);
    expect(said.parts.map(({ name }) => name).toSorted()).toEqual([
      'trained epochs',
      'trained learning rate',
    ]);
    expect(said.parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(said.difference, 12);
    // B of the test before is A with the other epochs alone.
    const { difference } = await explained('a', 'b');
    const epochs = said.made.find(({ name }) => name === 'epochs')!;
    expect(epochs.trained!.alone).toBeCloseTo(difference, 12);
    const rate = said.made.find(({ name }) => name === 'learning rate')!;
    expect(rate.trained!.last).toBeCloseTo(said.difference - difference, 12);
  });

  it.each([
    [
      'an outsider',
      () => outsider('stranger'),
      /^error: B: only runs of concord train can be trained again/m,
    ],
    ['other data', () => other('--data-seed', '8'), /^error: the data of blca differ; --retrain tells/m],
  ])('does not train between a run and %s, and says why', async (_, make, words) => {
    const { exitCode, stderr } = await concord('explain', 'a', await make(), '--retrain');
    expect(stderr).toMatch(words);
    expect(exitCode).toBe(2);
  });

  async function other(...flags: string[]): Promise<string> {
    await train('other', '--epochs', '1', ...flags);
    return 'other';
  }

  it("reads an outsider's copy of our run: other names, days, scale and sign of the risk", async () => {
    const { data } = Papa.parse<Record<string, string>>(
      readFileSync(join(folder, 'a', 'risks.csv'), 'utf8').trim(),
      {
        header: true,
      },
    );
    const rows: Rows = data.map((row) => ({
      ...{ patient: row['case']!, hazard: -7 * Number(row['risk']), OS_days: 30.44 * Number(row['months']) },
      censorship: 1 - Number(row['event']),
    }));
    outsider('theirs', (run) => {
      for (const name of Object.keys(run.tables)) delete run.tables[name];
      run.tables['risks.csv'] = rows;
      for (const key of Object.keys(run.config)) delete run.config[key];
      for (const key of Object.keys(run.result)) delete run.result[key];
    });
    const { parts, harmless, a, b, exitCode, notes } = await explained('a', 'theirs');
    expect(notes).toContain(
      'B does not say: features, bins, endpoint, epochs, selection of the epoch, seed.',
    );
    expect(parts.map(({ name }) => name)).toEqual(['direction of risk']);
    expect(b.cindex).toBeCloseTo(1 - a.cindex!, 12);
    expect(harmless).toEqual([expect.stringContaining('months of 30.44 days in A, days in B')]);
    expect(exitCode).toBe(0);
  });

  it('names three differences planted between two outsiders, in order of effect', async () => {
    outsider('first', undefined, { cases: 400 });
    outsider(
      'second',
      (run) => {
        // Every event turned; a tenth of the cases gone; Uno's C.
        run.tables['risks.csv'] = run.tables['risks.csv']!.filter((_, i) => i % 10 > 0).map((row) => ({
          ...row,
          censorship: 1 - Number(row['censorship']),
        }));
        run.config['metric'] = 'c-index IPCW (Uno)';
        delete run.result['cindex'];
      },
      { cases: 400 },
    );
    const { parts, difference } = await explained('first', 'second');
    expect(parts.map(({ name }) => name).toSorted()).toEqual(['cases of A alone', 'event flag', 'metric']);
    const sizes = parts.map(({ share }) => Math.abs(share));
    expect(sizes).toEqual(sizes.toSorted((x, y) => y - x));
    expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(difference, 12);
  });

  it('takes months of 30 and of 30.4375 days for what they are', async () => {
    outsider('short');
    outsider('long', undefined, { month: 30.4375 });
    const { parts, harmless, difference } = await explained('short', 'long');
    expect({ parts, difference }).toEqual({ parts: [], difference: 0 });
    expect(harmless[0]).toContain('months of 30 days in A, months of 30.4375 days in B');
  });

  it('finds a reported figure in the log where the risks do not give it, and what nothing gives', async () => {
    outsider('sound');
    outsider('best', (run) => {
      run.result['cindex'] = Math.max(...run.tables['log.csv']!.map((row) => Number(row['test_cindex'])));
    });
    outsider('wrong', (run) => (run.result['cindex'] = 0.9));
    const best = await explained('sound', 'best');
    expect(best.parts).toMatchObject([
      { name: 'reported figure of B', words: expect.stringContaining('best epoch') },
    ]);
    expect(best).toMatchObject({ status: 'explained', exitCode: 0 });
    expect(best.notes[0]).toMatch(
      /^In the log of A \(log\.csv\) epoch 2, the best, has 0\.\d{3}, and 6, the last,/,
    );
    const wrong = await explained('sound', 'wrong');
    expect(wrong).toMatchObject({ status: 'unexplained', exitCode: 1 });
    expect(wrong.open[0]).toMatch(/^the figure that B reports, 0\.900 \(result\.json: cindex\), is not what/);
  });

  it('finds out that a figure is the mean over folds', async () => {
    const dealt = (run: OutsiderRun, own: boolean) => {
      run.tables['risks.csv'] = run.tables['risks.csv']!.map((row, i) => ({
        ...{ ...row, fold: i % 3 },
        // Folds have scales of their own, so that pooling them spoils the order.
        risk_score: Number(row['risk_score']) + (i % 3),
      }));
      if (own) run.config['aggregation'] = 'pooled';
      delete run.result['cindex'];
    };
    outsider('mean', (run) => dealt(run, false), { cases: 400 });
    outsider('pooled', (run) => dealt(run, true), { cases: 400 });
    const { parts } = await explained('mean', 'pooled');
    expect(parts.map(({ name }) => name)).toEqual(['weighting of folds']);
  });

  it('takes the mean of a table of folds for what is reported', async () => {
    const folds = (run: OutsiderRun, off: number) => {
      run.tables['risks.csv'] = run.tables['risks.csv']!.map((row, i) => ({ ...row, fold: i % 2 }));
      const of = (fold: number) => run.tables['risks.csv']!.filter((row) => row['fold'] === fold);
      run.tables['summary.csv'] = [0, 1].map((fold) => ({
        folds: fold,
        val_cindex: cOfRows(of(fold)) + off,
      }));
      delete run.result['cindex'];
    };
    outsider('summary', (run) => folds(run, 0), { cases: 300 });
    outsider('flattered', (run) => folds(run, 0.02), { cases: 300 });
    const { parts, open, exitCode } = await explained('summary', 'flattered');
    expect(parts).toMatchObject([{ name: 'reported figure of B', share: expect.closeTo(0.02, 9) }]);
    expect(open[0]).toContain('summary.csv, mean of 2 folds');
    expect(exitCode).toBe(1);
  });

  it('tells what it moves that every slide is judged and not every case', async () => {
    outsider('cases');
    outsider('slides', (run) => {
      run.tables['risks.csv'] = run.tables['risks.csv']!.flatMap((row, i) =>
        [1, 2].slice(0, 1 + (i % 2)).map((slide) => ({
          ...{ ...row, slide_id: `${row['case_id']}-01Z-00-DX${slide}` },
          // The mean over a case's slides is the case's risk, half up and half down.
          risk_score: Number(row['risk_score']) + (i % 2) * (slide - 1.5),
        })),
      );
      delete run.result['cindex'];
    });
    const { parts, difference, b } = await explained('cases', 'slides');
    expect(parts.map(({ name }) => name)).toEqual(['slides of B']);
    expect(parts[0]!.share).toBeCloseTo(difference, 12);
    expect(b.cases).toBe(45);
    expect((await explained('slides', 'slides')).status).toBe('equal');
  });

  it('answers the example of its page as the page says', async () => {
    const examples = join(root, 'docs/examples/explain');
    const { stdout, exitCode } = await concord(
      'explain',
      join(examples, 'published'),
      join(examples, 'reproduced'),
    );
    const quoted = /^> (B is .*)$/m.exec(readFileSync(join(root, 'docs/explain.md'), 'utf8'))![1];
    expect(stdout.split('\n')[0]).toBe(quoted);
    expect(exitCode).toBe(0);
  });

  it('says in its first line what moved it, and writes the page and the text', async () => {
    const { stdout, exitCode } = await concord(
      'explain',
      'first',
      'second',
      '--resamples',
      '100',
      '--markdown',
      'why.md',
      '--report',
      'why.html',
    );
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(
      /^B is 0\.\d{3} (higher|lower): 0\.\d{3} against 0\.\d{3}\. 0\.\d{3} of it because /,
    );
    expect(readFileSync(join(folder, 'why.md'), 'utf8')).toContain(stdout.split('\n')[0]!);
    expect(readFileSync(join(folder, 'why.html'), 'utf8')).toContain('Waterfall, from the C-index of A');
  });

  it.each([
    [
      'no risks',
      (run: OutsiderRun) => void (run.tables['risks.csv'] = [{ a: 1 }]),
      /there are no risks by case/,
    ],
    [
      'a case twice',
      (run: OutsiderRun) =>
        void run.tables['risks.csv']!.push({ ...run.tables['risks.csv']![0]!, risk_score: 3 }),
      /is there twice, with the risks .* or add a column fold/,
    ],
    [
      'several trainings',
      (run: OutsiderRun) =>
        void (run.tables['risks.csv'] = [7, 8].flatMap((seed) =>
          run.tables['risks.csv']!.map((row) => ({ ...row, seed })),
        )),
      /its risks are of several trainings \(7; 8\); keep the rows of one/,
    ],
  ])('ends with 2 and a word of what to do: %s', async (name, change, words) => {
    outsider(name, change);
    const { exitCode, stderr } = await concord('explain', 'a', name);
    expect(stderr).toMatch(words);
    expect(exitCode).toBe(2);
  });

  it('ends with 2 for a cohort that is not there, naming those that are', async () => {
    const { exitCode, stderr } = await concord('explain', 'a', 'b', '--cohort', 'stad');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'error: A: no judged cases of stad; there are: risks.csv, blca, validation',
    });
    writeFileSync(join(folder, 'file'), '');
    expect(await concord('explain', 'a', 'file')).toMatchObject({ exitCode: 2 });
  });
});
