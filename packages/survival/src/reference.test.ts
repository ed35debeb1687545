import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { brierScore, integratedBrierScore } from './brier.js';
import { concordance } from './concordance.js';
import { cumulativeAuc } from './cumulativeAuc.js';
import type { FollowUp } from './followUp.js';
import { kaplanMeier } from './kaplanMeier.js';
import { logRank } from './logRank.js';
import { pairScores, pairTable, tableConcordance, weighTable } from './pairTable.js';
import { restrictedMean } from './restrictedMean.js';
import { SurvivalError } from './survivalError.js';
import { unoConcordance } from './uno.js';

const python = process.env['CONCORD_BRIDGE_PYTHON'] ?? join(import.meta.dirname, '../../../.venv/bin/python');
const porpoise = join(
  process.env['CONCORD_TCGA'] ?? join(import.meta.dirname, '../../../../shared/tcga'),
  'porpoise',
);
const RANDOM = 1000;
/** Four cohorts, eight genes for risks. */
const REAL = 32;

/** One line of python-bridge/src/concord_bridge/reference_survival.py. */
interface Reference {
  readonly train: { times: number[]; events: boolean[] };
  readonly test: { times: number[]; events: boolean[] };
  readonly risks: number[];
  readonly groups: number[];
  readonly tau: number;
  readonly grid: number[];
  readonly curves: number[][];
  readonly harrell: number[] | null;
  readonly lifelines: number | null;
  readonly uno: number | null;
  readonly brier: number[] | null;
  readonly ibs: number | null;
  readonly auc: number[] | null;
  readonly kaplanMeier: number[][] | null;
  readonly restrictedMean: number | null;
  readonly logRank: number[] | null;
}

const events = ({ test }: Reference) => test.events.filter(Boolean).length;

describe
  .skipIf(!existsSync(python))
  .each([
    [`${RANDOM} random cohorts`, RANDOM, []],
    ...(existsSync(porpoise) ? [[`${REAL} risks of real cohorts`, 0, [porpoise]] as const] : []),
  ] as const)('%s, as scikit-survival and lifelines have them', (_name, random, real) => {
  let cohorts: Reference[];
  beforeAll(() => {
    const line = ['-m', 'concord_bridge.reference_survival', String(random), '11', ...real];
    const text = execFileSync(python, line, { maxBuffer: 2 ** 28 });
    cohorts = text
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Reference);
  }, 120_000);

  /** Where the reference has a number, so have we, to 1e-12; where it has none, we say why. */
  function agree(
    expected: (one: Reference) => number[] | number | null,
    compute: (one: Reference, train: FollowUp, test: FollowUp) => number[] | number,
    options: { stricter?: boolean; laxer?: boolean; relative?: boolean } = {},
  ): void {
    let compared = 0;
    for (const one of cohorts) {
      const reference = expected(one);
      let found: number[] | number | undefined;
      try {
        found = compute(one, one.train, one.test);
      } catch (error) {
        expect(error).toBeInstanceOf(SurvivalError);
      }
      if (reference === null) {
        if (!options.laxer) expect(found).toBeUndefined();
        continue;
      }
      if (found === undefined) {
        expect(options.stricter).toBe(true);
        continue;
      }
      const [a, b] = [[found].flat(), [reference].flat()];
      expect(a.length).toBe(b.length);
      a.forEach((value, i) => {
        const scale = options.relative ? Math.max(1, Math.abs(b[i]!)) : 1;
        expect(Math.abs(value - b[i]!)).toBeLessThanOrEqual(1e-12 * scale);
      });
      compared += 1;
    }
    expect(compared).toBeGreaterThan(cohorts.length / 3);
  }

  it('are of every kind', () => {
    const kinds = (holds: (one: Reference) => boolean) => cohorts.filter(holds).length;
    if (random === 0) {
      expect(cohorts.length).toBe(REAL);
      expect(kinds(({ test }) => test.times.length > 300)).toBe(REAL);
      return;
    }
    expect(cohorts.length).toBe(RANDOM);
    expect(kinds((one) => events(one) === 0)).toBeGreaterThanOrEqual(RANDOM / 10);
    expect(kinds((one) => events(one) === 1)).toBeGreaterThanOrEqual(RANDOM / 10);
    expect(kinds(({ test }) => test.times.length === 2)).toBeGreaterThanOrEqual(RANDOM / 10);
    expect(kinds((one) => events(one) * 5 <= one.test.times.length)).toBeGreaterThan(RANDOM / 4);
    expect(kinds(({ test }) => new Set(test.times).size < test.times.length)).toBeGreaterThan(RANDOM / 4);
  });

  it("Harrell's C and its pairs", () => {
    agree(
      ({ harrell }) => harrell,
      ({ risks }, _, test) => {
        const { c, concordant, discordant, tiedRisk, tiedTime } = concordance(test, risks);
        return [c, concordant, discordant, tiedRisk, tiedTime];
      },
    );
  });

  it("lifelines' C", () => {
    agree(
      ({ lifelines }) => lifelines,
      ({ risks }, _, test) => concordance(test, risks, 'lifelines').c,
    );
  });

  it("Uno's C", () => {
    agree(
      ({ uno }) => uno,
      ({ risks, tau }, train, test) => unoConcordance(train, test, risks, tau),
      { laxer: true, stricter: true },
    );
  });

  it('Brier score, at each time and integrated', () => {
    agree(
      ({ brier }) => brier,
      ({ curves, grid }, train, test) => brierScore(train, test, curves, grid),
      { laxer: true, stricter: true, relative: true },
    );
    agree(
      ({ ibs }) => ibs,
      ({ curves, grid }, train, test) => integratedBrierScore(train, test, curves, grid),
      { laxer: true, stricter: true, relative: true },
    );
  });

  it('cumulative/dynamic AUC and its mean', () => {
    agree(
      ({ auc }) => auc,
      ({ risks, grid }, train, test) => {
        const { auc, mean } = cumulativeAuc(train, test, risks, grid);
        return [...auc, mean];
      },
      { laxer: true, stricter: true },
    );
  });

  it('Kaplan–Meier with its band', () => {
    agree(
      ({ kaplanMeier: reference }) => reference?.flat() ?? null,
      (_one, _train, test) => {
        const { survival, lower, upper } = kaplanMeier(test);
        return [...survival, ...lower, ...upper];
      },
      { laxer: true },
    );
  });

  it('restricted mean', () => {
    agree(
      ({ restrictedMean: reference }) => reference,
      ({ tau }, _, test) => restrictedMean(test, tau),
      { relative: true },
    );
  });

  it("the table of pairs: Harrell's C, and that of a resample", () => {
    agree(
      ({ harrell }) => harrell && harrell[0]!,
      ({ risks }, _, test) => {
        const table = pairTable(test);
        return tableConcordance(table, pairScores(table, [risks]));
      },
    );
    agree(
      ({ harrell }) => harrell && harrell[0]!,
      ({ risks }, _, test) => {
        const table = pairTable(test);
        return weighTable(table, new Int8Array(table.cases).fill(3))(pairScores(table, [risks]));
      },
    );
  });

  it('log-rank test', () => {
    agree(
      ({ logRank: reference }) => reference,
      ({ groups }, _, test) => {
        const { statistic, p } = logRank(test, groups);
        return [statistic, p];
      },
      { laxer: true, stricter: true, relative: true },
    );
  });
});
