import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { syntheticCohort } from '@concord/data';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { targetResults, writeRisks, type RoledCase } from './cellFiles.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'concord-cell-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Three cases at 1, 2 and 3 months, with the risks 3, 1 and 2. */
function judged(event: boolean): RoledCase[] {
  const { cases } = syntheticCohort('blca');
  return [3, 1, 2].map((risk, i) => ({
    one: { ...cases[i]!, cohort: 'blca', timeMonths: i + 1, event },
    ...{ role: 'cross-domain', risk, loss: 0, hazard: [0.5, 0.25] },
  }));
}

it('gives the C-index of a cohort by role', () => {
  // Of the pairs (1, 2), (1, 3), (2, 3) the first two are in order.
  expect(targetResults(judged(true), () => undefined)).toEqual([
    // A resample of three cases has any C at all.
    { cohort: 'blca', role: 'cross-domain', cases: 3, events: 3, cindex: 2 / 3, interval: [0, 1] },
  ]);
});

it('says why an all-censored target has none', () => {
  const notes: string[] = [];
  expect(targetResults(judged(false), (text) => notes.push(text))).toMatchObject([
    { events: 0, cindex: null },
  ]);
  expect(notes).toEqual([
    expect.stringMatching(/^blca \(cross-domain\): no C-index, .*all 3 cases are censored/),
  ]);
});

it('writes every case, and vectors only where there are any', () => {
  writeRisks(folder, judged(true));
  const rows = readFileSync(join(folder, 'risks.csv'), 'utf8').split('\n');
  expect(rows[0]).toBe('cohort,role,case,months,event,risk,hazard0,hazard1');
  expect(rows[2]).toBe('blca,cross-domain,TCGA-ZZ-0002,2,1,1,0.5,0.25');
  expect(readdirSync(folder)).toEqual(['risks.csv']);
  writeRisks(
    folder,
    judged(true).map((one) => ({ ...one, embedding: [1 / 3, 2] })),
  );
  const vectors = readFileSync(join(folder, 'embeddings.csv'), 'utf8').split('\n');
  expect(vectors.slice(0, 2)).toEqual(['cohort,case,x0,x1', 'blca,TCGA-ZZ-0001,0.333333,2']);
});
