import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { uniformStream } from '@concord/nn';
import { concordance } from '@concord/survival';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { editColumn, editRows } from './editRun.testing.js';
import { runChecks } from './runChecks.js';

const [CASES, FOLDS, EPOCHS] = [100, 5, 8];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concord-folds-'));
  writeFolds();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(file: string, head: string, rows: readonly (readonly (string | number)[])[]): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), `${[head, ...rows.map((row) => row.join(','))].join('\n')}\n`);
}

/** Cross-validation as the field keeps it: a folder a fold, validated on what it holds out, and a table of results. */
function writeFolds(): void {
  const uniform = uniformStream('folds');
  const people = Array.from({ length: CASES }, (_, i) => {
    const truth = uniform();
    const days = 1 + Math.floor(-900 * Math.log(1 - uniform()) * Math.exp(1 - 2 * truth));
    return { id: `C${(i * 37) % CASES}`, days, event: uniform() < 0.6, risk: truth + uniform() };
  });
  put(
    'clinical.csv',
    'case,OS_days,event',
    people.map(({ id, days, event }) => [id, days, Number(event)]),
  );
  const results = Array.from({ length: FOLDS }, (_, fold) => {
    const [train, val] = [false, true].map((held) =>
      people.filter((_one, i) => (i % FOLDS === fold) === held),
    );
    put(
      `splits_${fold}.csv`,
      ',train,val',
      train!.map(({ id }, i) => [i, id, val![i]?.id ?? '']),
    );
    put(
      `fold_${fold}/risks.csv`,
      'case,risk',
      val!.map(({ id, risk }) => [id, risk]),
    );
    const followUp = { times: val!.map(({ days }) => days), events: val!.map(({ event }) => event) };
    const c = concordance(
      followUp,
      val!.map(({ risk }) => risk),
    ).c;
    // The last epoch is reported, and another one is better.
    put(
      `fold_${fold}/log.csv`,
      'epoch,loss,val_cindex',
      Array.from({ length: EPOCHS }, (_one, epoch) => [
        epoch,
        2 - epoch / 10,
        epoch === EPOCHS - 1 ? c : c + 0.035 - epoch / 100,
      ]),
    );
    return [fold, c, c - 0.1, c + 0.1];
  });
  put('summary.csv', 'fold,val_cindex,lower,upper', results);
}

async function found() {
  const { checks } = await runChecks(folder);
  return checks.filter(({ verdict }) => verdict === 'found').map(({ id, why }) => `${id}: ${why}`);
}

async function verdictOf(id: string) {
  const { checks } = await runChecks(folder);
  return checks.find((one) => one.id === id)!;
}

describe('cross-validation, a folder a fold', () => {
  it('is read fold by fold, and nothing is found in it', async () => {
    expect(await found()).toEqual([]);
    expect(await verdictOf('selected-on-test')).toMatchObject({
      verdict: 'not found',
      why: expect.stringMatching(
        /^epoch 7 \(fold_0\/risks.csv, fold 0 has its C-index, 0\.\d{4}\) is the last one$/,
      ),
    });
    expect(await verdictOf('skipped-bags')).toMatchObject({ verdict: 'not found' });
    expect(await verdictOf('no-interval')).toMatchObject({
      verdict: 'not found',
      why: 'summary.csv, line 2: fold_0.lower gives one',
    });
  });

  it('shows the fold whose epoch the reported cases chose', async () => {
    // Epoch 2 becomes the one whose C the risks have, and the best.
    editColumn(folder, 'fold_3/log.csv', 'val_cindex', (c, { epoch }, _, rows) =>
      epoch === '2' ? rows.at(-1)!['val_cindex']! : Number(c) - 0.2,
    );
    expect(await found()).toEqual([
      expect.stringMatching(
        /^selected-on-test: epoch 2 \(fold_3.*\) is the best by the validation cases, and these are the cases that are reported$/,
      ),
    ]);
  });

  it('shows the fold that leaves a case out, though another fold has it', async () => {
    editRows(folder, 'fold_2/risks.csv', (rows) => {
      editRows(folder, 'fold_1/risks.csv', (others) => [...others, rows[0]!]);
      return rows.slice(1);
    });
    expect(await found()).toEqual(['skipped-bags: 1 case should have been judged and were not']);
  });

  it('shows the fold that shares a case', async () => {
    editColumn(folder, 'splits_4.csv', 'train', (id, _, i, rows) => (i === 3 ? rows[0]!['val']! : id));
    expect(await found()).toEqual([
      expect.stringMatching(/^validation-is-training: splits_4.csv: 1 patient of validation/),
    ]);
  });
});
