import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { syntheticCohort } from '@concord/data';
import { execa } from 'execa';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKS } from './checks.js';
import { CONCORD_MUTANTS } from './concord.mutants.testing.js';
import { runChecks } from './runChecks.js';

const program = join(import.meta.dirname, '../../dist/main.js');
const CASES = 60;

let home: string;
let clean: string;

/** A run of two cohorts, with the tables beside it that nobody but its user has. */
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'concord-checks-'));
  clean = join(home, 'clean');
  const words = ['--backbone', 'mlpomics', '--epochs', '3', '--cases', String(CASES), '--batch', '7'];
  const { exitCode, stderr } = await execa(
    'node',
    [program, 'train', ...words, '--target', 'stad', '--out', clean],
    {
      reject: false,
      cwd: home,
    },
  );
  expect(exitCode, stderr).toBe(0);
  const { cases, pathways } = syntheticCohort('blca', { cases: CASES });
  const named = (gene: number) => `SYN${String(gene + 1).padStart(4, '0')}`;
  const packed = pathways.flatMap(({ genes }) => genes);
  const rows = cases.map(({ caseId, genes }) => ({
    case: caseId,
    ...Object.fromEntries(packed.map((gene, i) => [named(gene), genes[i]])),
  }));
  mkdirSync(join(clean, 'reference'));
  writeFileSync(join(clean, 'genes.csv'), Papa.unparse(rows));
  writeFileSync(join(clean, 'reference/genes.csv'), Papa.unparse([...rows].reverse()));
  const longest = Math.max(...pathways.map(({ genes: { length } }) => length));
  const sets = Array.from({ length: longest }, (_, i) =>
    Object.fromEntries(pathways.map(({ name, genes }) => [name, i < genes.length ? named(genes[i]!) : ''])),
  );
  writeFileSync(join(clean, 'pathways.csv'), Papa.unparse(sets));
}, 600_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('the checks of a run of concord train', () => {
  it('find nothing in a sound run, and can judge all of it', async () => {
    const { checks, form, unused } = await runChecks(clean);
    expect(checks.map(({ id, verdict, why }) => [id, verdict, why])).toEqual(
      checks.map(({ id, why }) => [id, 'not found', why]),
    );
    expect([form, unused]).toEqual(['concord', []]);
  });

  it('have a mutant each', () => {
    expect(new Set(CONCORD_MUTANTS.map(({ id }) => id))).toEqual(new Set(CHECKS.map(({ id }) => id)));
  });

  it.each(CONCORD_MUTANTS)('find $id: $name', async ({ id, make, also = [] }) => {
    const folder = mkdtempSync(join(home, 'mutant-'));
    cpSync(clean, folder, { recursive: true });
    make(folder);
    const { checks } = await runChecks(folder);
    const found = checks.filter(({ verdict }) => verdict === 'found').map((one) => one.id);
    expect(found.sort()).toEqual([id, ...also].sort());
  });
});
