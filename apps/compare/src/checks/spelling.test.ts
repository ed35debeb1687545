import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  outsiderRun,
  writeOutsiderRun,
  type OutsiderRun,
  type Rows,
} from '../judgedRun/outsiderRun.testing.js';
import { OUTSIDER_MUTANTS } from './outsider.mutants.testing.js';
import { runChecks } from './runChecks.js';

let home: string;
beforeAll(() => void (home = mkdtempSync(join(tmpdir(), 'concord-spelling-'))));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Names that mean the same, file by file. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  case_id: ['case_id', 'Case ID', 'patient', 'PatientID', 'submitter_id'],
  risk_score: ['risk_score', 'risk', 'Hazard', 'log_risk'],
  survival_months: ['survival_months', 'OS_MONTHS', 'months', 'time_months'],
  censorship: ['censorship', 'Censored', 'c'],
  disc_label: ['disc_label', 'bin', 'time_bin'],
  val_cindex: ['val_cindex', 'val_c_index', 'valid-C-index'],
  test_loss: ['test_loss', 'Test Loss'],
  feature_dim: ['feature_dim', 'embed_dim', 'width'],
  os_days: ['os_days', 'OS.time.days', 'days'],
  os_status: ['os_status', 'event', 'vital_status'],
  encoder: ['encoder', 'feature_extractor', 'patchEncoder'],
  batch_size: ['batch_size', '--batch-size', 'bs'],
  best_epoch: ['best_epoch', 'selectedEpoch'],
  max_epochs: ['max_epochs', 'n_epochs'],
};

/** How a run is written down. */
interface Writing {
  readonly seed: number;
  readonly month: number;
  readonly cases: number;
  /** Sorts rows and columns. */
  readonly order: number;
  readonly spelling: number;
  readonly extra: boolean;
  readonly nested: boolean;
}

const writing: fc.Arbitrary<Writing> = fc.record({
  seed: fc.nat(1000),
  month: fc.constantFrom(30, 30.4375, 30.44, 365 / 12),
  cases: fc.integer({ min: 100, max: 220 }),
  order: fc.nat(2 ** 30),
  spelling: fc.nat(1000),
  extra: fc.boolean(),
  nested: fc.boolean(),
});

/** Logs are in the order of time, and the split's columns are of another length each. */
const ORDERED = new Set(['log.csv', 'steps.csv', 'splits_0.csv']);

function written({ seed, month, cases, order, spelling, extra, nested }: Writing): OutsiderRun {
  const run = outsiderRun({ seed, month, cases });
  const named = (name: string) => {
    const words = SPELLINGS[name];
    return words ? words[spelling % words.length]! : name;
  };
  const tables = Object.entries(run.tables).map(([file, rows]): [string, Rows] => {
    const names = shuffle(Object.keys(rows[0]!), order, /genes/.test(file) ? 1 : 0);
    const again = (ORDERED.has(file) ? rows : shuffle(rows, order, 0)).map((row, i) => ({
      ...(extra && !/genes|splits/.test(file) && { note: `row ${i}` }),
      ...Object.fromEntries(names.map((name) => [named(name), row[name]!])),
    }));
    return [file, again];
  });
  const settings = Object.fromEntries(
    Object.entries(run.config).map(([name, value]) => [named(name), value]),
  );
  return {
    ...run,
    tables: Object.fromEntries(tables),
    config: nested ? { run: { train: settings } } : settings,
  };
}

/** By a linear congruential generator; the first `fixed` stay. */
function shuffle<T>(items: readonly T[], seed: number, fixed: number): T[] {
  const rest = items.slice(fixed);
  let state = seed;
  for (let i = rest.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [rest[i], rest[j]] = [rest[j]!, rest[i]!];
  }
  return [...items.slice(0, fixed), ...rest];
}

async function verdicts(run: OutsiderRun, change: (folder: string) => void = () => {}) {
  const folder = mkdtempSync(join(home, 'run-'));
  try {
    writeOutsiderRun(folder, run);
    change(folder);
    const { checks, unused } = await runChecks(folder);
    return { unused, checks: checks.map(({ id, verdict, why }) => ({ id, verdict, why })) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('a sound run', { timeout: 240_000 }, () => {
  it('stays sound, and can be judged, however it is ordered and spelt', async () => {
    await fc.assert(
      fc.asyncProperty(writing, async (how) => {
        const { checks, unused } = await verdicts(written(how));
        expect(unused).toEqual([]);
        expect(checks.filter(({ verdict }) => verdict !== 'not found')).toEqual([]);
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});

describe('a mutant', { timeout: 240_000 }, () => {
  it('is found in any run', async () => {
    const mutants = fc.constantFrom(...OUTSIDER_MUTANTS);
    await fc.assert(
      fc.asyncProperty(fc.nat(1000), mutants, async (seed, { id, make, also = [] }) => {
        const { checks } = await verdicts(outsiderRun({ seed, cases: 150 }), make);
        const found = checks.filter(({ verdict }) => verdict === 'found');
        expect(found.map((one) => one.id).sort()).toEqual([id, ...also].sort());
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});
