import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeSafetensors } from '@concord/safetensors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outsiderRun, writeOutsiderRun } from '../judgedRun/outsiderRun.testing.js';
import { editColumn, editJson, editRows } from './editRun.testing.js';
import { runChecks } from './runChecks.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'concord-alarms-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function verdictOf(id: string) {
  const { checks } = await runChecks(folder);
  return checks.find((one) => one.id === id)!;
}

function put(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

/** What looks like a mistake and is none. */
describe('no alarm', () => {
  beforeEach(() => writeOutsiderRun(folder, outsiderRun()));

  it('for the latest epoch', async () => {
    editJson(folder, 'config.json', (config) => (config['selection'] = 'latest'));
    expect((await verdictOf('selected-on-test')).verdict).toBe('not found');
  });

  it('for a second layer behind the one that reads patches', async () => {
    await writeSafetensors(join(folder, 'weights.safetensors'), {
      'wsi_net.0.weight': { dtype: 'F32', shape: [2, 1024], data: new Float32Array(2048) },
      'wsi_net.3.weight': { dtype: 'F32', shape: [3, 2], data: new Float32Array(6) },
      'pathway_net.0.weight': { dtype: 'F32', shape: [3, 50], data: new Float32Array(150) },
    });
    expect((await verdictOf('encoder-width')).verdict).toBe('not found');
  });

  it('for a mask of −∞ and for a tensor that is no model', async () => {
    const mask = { dtype: 'F32', shape: [2], data: Float32Array.of(0, -Infinity) } as const;
    await writeSafetensors(join(folder, 'weights.safetensors'), { mask });
    expect((await verdictOf('checkpoint-unreadable')).verdict).toBe('not found');
  });

  it('for a table of slides that are pooled before they are judged', async () => {
    editRows(folder, 'risks.csv', (rows) =>
      rows.flatMap((row) =>
        [-1, 1].map((sign) => ({
          ...row,
          slide_id: `${row['case_id']}-${sign}`,
          risk_score: String(Number(row['risk_score']) + sign / 4),
        })),
      ),
    );
    expect((await verdictOf('several-slides')).why).toMatch(/says 1$/);
    editJson(folder, 'config.json', (config) => delete config['slides_per_case']);
    expect((await verdictOf('several-slides')).verdict).toBe('not found');
  });

  it('for new follow-up, which brings times that nobody had', async () => {
    editColumn(
      folder,
      'reference/outcomes.csv',
      'os_days',
      (days, _, i) => Number(days) + (i % 3 === 0 ? 411 : 0),
    );
    const { verdict, why } = await verdictOf('times-of-others');
    expect(verdict).toBe('not found');
    expect(why).toMatch(/but for 10 of 30, whose times are those of no other case/);
  });

  it('for one file that holds the risks of several trainings', async () => {
    editRows(folder, 'risks.csv', (rows) =>
      ['mcat', 'abmil'].flatMap((model) =>
        ['1', '2'].flatMap((seed) => rows.map((row) => ({ ...row, model, seed }))),
      ),
    );
    expect((await verdictOf('several-slides')).verdict).toBe('not found');
    editColumn(folder, 'risks.csv', 'risk_score', (risk, row) =>
      row['model'] === 'abmil' && row['seed'] === '2' ? -2 : risk,
    );
    expect(await verdictOf('constant-risk')).toMatchObject({
      verdict: 'found',
      why: 'risks.csv, abmil 2: 30 of 30 cases have the risk -2',
    });
  });

  it('for two ties among four cases', async () => {
    put('few/risks.csv', 'case,risk,days,event\nA,1,5,1\nB,1,6,1\nC,1,7,0\nD,2,8,1\n');
    expect((await verdictOf('constant-risk')).verdict).toBe('not found');
  });

  it('for a result that is called loss', async () => {
    editJson(folder, 'result.json', (result) => (result['loss'] = 0.53));
    editJson(folder, 'config.json', (config) => delete config['bag_loss']);
    expect((await verdictOf('loss-of-one-case')).why).toMatch(/^loss and batch are not known/);
  });

  it('for genes in another scaling, and cells that are empty', async () => {
    editRows(folder, 'genes.csv', (rows) =>
      rows.map((row, i) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value], g) =>
            name === 'case_id'
              ? [name, value]
              : [name, (i + g) % 17 === 0 ? '' : String(3 * Number(value) + g)],
          ),
        ),
      ),
    );
    expect((await verdictOf('paired-by-position')).verdict).toBe('not found');
  });
});

describe('an alarm', () => {
  it('for another month in a column that says no unit, whose times agree with the days all the same', async () => {
    writeOutsiderRun(folder, outsiderRun({ month: 30.44 }));
    editRows(folder, 'risks.csv', (rows) =>
      rows.map(({ survival_months: months, ...row }) => ({
        ...row,
        time: String((Number(months) * 30.44) / 30),
      })),
    );
    expect(await verdictOf('month-length')).toMatchObject({
      verdict: 'found',
      why: 'months of different lengths: outcomes.csv of 30.44, risks.csv of 30 days',
    });
    expect((await verdictOf('times-of-others')).verdict).toBe('not found');
  });

  it('for genes of the same row, though each gene is in another scaling', async () => {
    writeOutsiderRun(folder, outsiderRun());
    editRows(folder, 'reference/genes.csv', (right) => {
      editRows(folder, 'genes.csv', (rows) =>
        rows.map((row, i) =>
          Object.fromEntries(
            Object.entries(right[i]!).map(([name, value], g) => [
              name,
              name === 'case_id' ? row[name]! : String(3 * Number(value) + g),
            ]),
          ),
        ),
      );
      return right;
    });
    expect(await verdictOf('paired-by-position')).toMatchObject({
      verdict: 'found',
      why: expect.stringMatching(/^genes.csv: 150 of 150 cases have genes .*; 150 those of the same row$/),
    });
  });

  it('for the best validation epoch where the risks have the C of the validation cases, and no split is there', async () => {
    put('risks.csv', 'case,risk,days,event\nA,4,5,1\nB,2,6,1\nC,3,7,0\nD,1,8,1\n');
    // Of the pairs A B, A C, A D, B C, B D, one is the wrong way round.
    put('log.csv', 'epoch,val_cindex\n0,0.5\n1,0.8\n2,0.6\n');
    expect(await verdictOf('selected-on-test')).toMatchObject({
      verdict: 'found',
      why: 'epoch 1 (risks.csv has its C-index, 0.8000) is the best by the validation cases, and these are the cases that are reported',
    });
  });
});
