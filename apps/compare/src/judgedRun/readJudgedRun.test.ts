import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { groupConcordance, judgedGroups, readJudgedRun } from './index.js';
import { outsiderRun, writeOutsiderRun } from './outsiderRun.testing.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'concord-judged-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

describe("an outsider's folder", () => {
  it('is read with everything that lies in it, and where it stands', () => {
    const made = outsiderRun();
    writeOutsiderRun(folder, made);
    const run = readJudgedRun(folder);
    expect(run.form).toBe('folder');
    expect(run.unused).toEqual([]);
    expect(run.tables.map(({ file, unit, reference }) => [file, unit, reference])).toEqual([
      ['outcomes.csv', 'months', false],
      ['reference/outcomes.csv', 'days', true],
      ['risks.csv', 'months', false],
      ['slides.csv', 'unknown', false],
    ]);
    expect(run.splits.map(({ fold, cases }) => [fold, cases.training.length, cases.test.length])).toEqual([
      ['0', 90, 30],
    ]);
    expect(run.logs.map(({ file, by }) => [file, by])).toEqual([
      ['log.csv', 'epoch'],
      ['steps.csv', 'step'],
    ]);
    expect(run.genes.map(({ file, reference }) => [file, reference])).toEqual([
      ['genes.csv', false],
      ['reference/genes.csv', true],
    ]);
    expect([...run.pathways[0]!.sets.keys()]).toEqual(['FIRST', 'SECOND']);
    expect(run.checkpoints).toEqual([join(folder, 'weights.safetensors')]);
    expect(run.facts.batch).toEqual([{ value: 7, from: 'config.json: batch_size' }]);
    expect(run.facts.encoder[0]?.value).toBe('uni');
    const [group] = judgedGroups(run);
    expect(group!.judged).toHaveLength(30);
    expect(groupConcordance(group!.judged)).toBe(made.result['cindex']);
    expect(group!.judged[0]!.from).toBe('risks.csv, line 2');
  });

  it('joins outcomes by case where the risks have none, and takes folds from names of files', () => {
    put({
      'fold_0.csv': 'patient,risk\nA,2\nB,1\n',
      'fold_1.csv': 'patient,risk\nC,3\nD,0.5\n',
      'clinical.csv': 'PatientID,OS_days,vital_status\nD,400,Alive\nC,10,Dead\nB,300,Dead\nA,20,Dead\n',
    });
    const groups = judgedGroups(readJudgedRun(folder));
    expect(groups.map(({ name, judged }) => [name, judged.map(({ time, event }) => [time, event])])).toEqual([
      [
        'fold_0.csv, fold 0',
        [
          [20, true],
          [300, true],
        ],
      ],
      [
        'fold_1.csv, fold 1',
        [
          [10, true],
          [400, false],
        ],
      ],
    ]);
  });

  it.each([
    ['case,risk,months,event', 'months', true],
    ['case_id,risk_score,survival_months,censorship', 'months', false],
    ['Patient ID,Hazard,OS.time,OS.event', 'unknown', true],
    ['slide_id,log_risk,survival_days,censored', 'days', false],
    ['submitter_id,all_risk_scores,all_event_times,all_censorships', 'unknown', false],
    ['PATIENT,pred,OS_MONTHS,OS_STATUS', 'months', true],
    ['case_id,risk,survival_months_dss,censorship_dss', 'months', false],
  ])('understands %s', (header, unit, event) => {
    put({ 'risks.csv': `${header}\nTCGA-1,0.25,12.5,1\nTCGA-2,tensor([0.75]),3,0\n` });
    const [table] = readJudgedRun(folder).tables;
    expect(table!.unit).toBe(unit);
    expect(table!.rows).toMatchObject([
      { caseId: 'TCGA-1', risk: 0.25, time: 12.5, event },
      { caseId: 'TCGA-2', risk: 0.75, time: 3, event: !event },
    ]);
  });

  it('understands results that pandas wrote of a dictionary', () => {
    put({
      'fold_0.csv':
        ',risk,disc_label,survival,censorship\nTCGA-1,[0.25],2,tensor([12.5]),tensor([1.])\nTCGA-2,0.75,0,3.0,0.0\n',
    });
    const [table] = readJudgedRun(folder).tables;
    expect(table!.rows).toMatchObject([
      { caseId: 'TCGA-1', fold: '0', risk: 0.25, bin: 2, time: 12.5, event: false },
      { caseId: 'TCGA-2', fold: '0', risk: 0.75, bin: 0, time: 3, event: true },
    ]);
  });

  it('takes words for what they say, whatever the column is called', () => {
    put({
      'risks.csv': 'case,risk,days,censored\nA,1,2,Censored\nB,2,3,dead\nC,3,4,yes\nD,4,5,0\n',
      'other.csv': 'case,risk,days,OS_STATUS\nA,1,2,0:LIVING\nB,2,3,1:DECEASED\n',
    });
    const { tables } = readJudgedRun(folder);
    expect(tables.map(({ rows }) => rows.map(({ event }) => event))).toEqual([
      [false, true],
      [false, true, false, true],
    ]);
  });

  it('takes a wide table for genes, though one is called SET and one T', () => {
    const genes = ['SET', 'T', ...Array.from({ length: 60 }, (_, i) => `G${i}`)];
    const row = (id: string) => [id, ...genes.map((_, i) => i / 7)].join(',');
    put({ 'rna.csv': `case_id,${genes.join(',')}\n${row('A')}\n${row('B')}\n` });
    const { genes: tables, tables: cases, splits } = readJudgedRun(folder);
    expect(tables.map((one) => [one.cases, one.genes.length])).toEqual([[['A', 'B'], 62]]);
    expect([cases, splits]).toEqual([[], []]);
  });

  it('takes the endpoint that the configuration names', () => {
    put({
      'config.yaml': 'label_col: survival_months_dss\nseed: null\ntrain:\n  batch-size: 4\n',
      'clinical.csv':
        'case_id,survival_months,survival_months_dss,censorship,censorship_dss\nA,1,2,0,1\nB,3,4,1,0\n',
    });
    const { tables, facts } = readJudgedRun(folder);
    expect(tables[0]!.rows).toMatchObject([
      { time: 2, event: false },
      { time: 4, event: true },
    ]);
    expect(facts.seed).toEqual([{ value: null, from: 'config.yaml: seed' }]);
    expect(facts.batch).toEqual([{ value: 4, from: 'config.yaml: train.batch-size' }]);
  });

  it('understands the settings that SurvPath prints, and its summary', () => {
    put({
      'experiment_blca.txt':
        "{'data_root_dir': '/mnt/a (b)', 'max_epochs': 20, 'batch_size': 1, 'seed': None, 'bag_loss': 'nll_surv', " +
        "'alpha_surv': 0.5, 'n_classes': 4, 'encoding_dim': 1024, 'betas': (0.9, 0.999), 'use_nystrom': False}",
      'summary.csv': ',folds,val_cindex,val_loss\n0,0,0.61,1.2\n1,1,0.58,1.3\n',
    });
    const { facts, unused } = readJudgedRun(folder);
    expect(unused).toEqual([]);
    const said = Object.entries(facts).flatMap(([name, all]) => all.map(({ value }) => [name, value]));
    expect(said).toEqual([
      ['patchWidth', 1024],
      ['bins', 4],
      ['epochs', 20],
      ['seed', null],
      ['batch', 1],
      ['loss', 'nll_surv'],
      ['lossAlpha', 0.5],
      ['cindex', 0.61],
      ['cindex', 0.58],
    ]);
    expect(facts.cindex[1]!.from).toBe('summary.csv, line 3: fold_1.val_cindex');
  });

  it('is not brought down by hostile files', () => {
    const bomb = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`);
    put({
      'risks.csv': 'case,risk\nA,1\nB,2\n',
      'bomb.yaml': `a0: &a0 [x]\n${bomb.join('\n')}\n`,
      'deep.json': `${'['.repeat(200_000)}${']'.repeat(200_000)}`,
      'twice.csv': 'case,risk,risk\nA,1,2\n',
      'proto.json': '{"__proto__": {"seed": 1}, "constructor": {"batch": 2}}',
    });
    mkdirSync(join(folder, 'binary'));
    writeFileSync(join(folder, 'binary/risks.csv'), Buffer.from([0xff, 0xfe, 0x00, 0x41]));
    symlinkSync(folder, join(folder, 'round'));
    const { unused, tables } = readJudgedRun(folder);
    expect(tables.map(({ file }) => file)).toEqual(['risks.csv']);
    expect(unused.map(({ file }) => file).sort()).toEqual([
      'binary/risks.csv',
      'bomb.yaml',
      'deep.json',
      'twice.csv',
    ]);
    expect(({} as { seed?: number }).seed).toBeUndefined();
  });

  it('names each file that it cannot use, and why', () => {
    put({
      'risks.csv': 'case,risk\nA,1\nB,2\n',
      'bad.json': '{"seed": ',
      'ragged.csv': 'case,risk\nA,1,2\n',
      'strange.csv': 'a,b\nx,y\n',
      'flag.csv': 'case,months,event\nA,1,2\n',
      'results.pkl': 'x',
    });
    expect(Object.fromEntries(readJudgedRun(folder).unused.map(({ file, why }) => [file, why]))).toEqual({
      'bad.json': expect.stringMatching(/JSON/),
      'ragged.csv': expect.stringMatching(/3 cells/),
      'strange.csv': 'its columns (a, b) are none that were understood',
      'flag.csv': 'flag.csv, line 2: the event is "2"; write 1 (observed) or 0',
      'results.pkl': expect.stringMatching(/^not opened: to open a pickle runs what it holds/),
    });
  });

  it.each([
    ['nowhere', /there is no such folder/],
    ['file', /that is a file/],
    ['empty', /holds no run.*Put risks.csv there, with the columns case, risk, months and event/],
  ])('refuses %s', (name, words) => {
    put({ file: '', 'empty/notes.txt': '' });
    expect(() => readJudgedRun(join(folder, name))).toThrow(words);
  });
});
