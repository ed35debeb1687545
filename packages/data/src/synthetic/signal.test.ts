import { describe, expect, it } from 'vitest';
import { syntheticCohort, type SyntheticCohort, type SyntheticOptions } from '../syntheticCohort.js';
import { syntheticPatches } from '../syntheticPatches.js';

const CASES = 2000;
const make = (options: SyntheticOptions) =>
  syntheticCohort('blca', { cases: CASES, patchWidth: 8, patches: [6, 6], censoring: 0, ...options });

/** What is seen of each case: its genes, or the mean of its patches. */
const VIEWS = {
  geneSignal: (one: SyntheticCohort['cases'][number]) => one.genes,
  patchSignal: (one: SyntheticCohort['cases'][number]) => {
    const [bag, width] = [one.patches(), 8];
    return Float32Array.from({ length: width }, (_, c) => {
      let sum = 0;
      for (let row = 0; row < one.patchCount; row += 1) sum += bag[row * width + c]!;
      return sum / one.patchCount;
    });
  },
};

/**
 * The direction in which a modality shows the risk, as nobody who trains can know it: what the same seeds give with
 * the signal and without, weighted by the risk.
 */
function planted(knob: keyof typeof VIEWS): number[] {
  const [on, off] = [make({ [knob]: 1 }), make({ [knob]: 0 })];
  const view = VIEWS[knob];
  const direction = Array.from(view(on.cases[0]!), () => 0);
  on.cases.forEach((one, i) => {
    const [a, b] = [view(one), view(off.cases[i]!)];
    direction.forEach((_, g) => (direction[g]! += on.trueRisk[i]! * (a[g]! - b[g]!)));
  });
  return direction;
}

/** Share of pairs that two lists order alike. */
function concordance(scores: readonly number[], truth: readonly number[]): number {
  let [alike, pairs] = [0, 0];
  for (let i = 0; i < scores.length; i += 1) {
    for (let j = 0; j < i; j += 1) {
      if (truth[i] === truth[j]) continue;
      pairs += 1;
      if (scores[i]! > scores[j]! === truth[i]! > truth[j]!) alike += 1;
    }
  }
  return alike / pairs;
}

/**
 * Of independent lists, the concordance C = (τ + 1) / 2 is 0.5 on average, with Kendall's variance
 * var(τ) = 2 (2n + 5) / (9 n (n − 1)): with 2,000 cases a standard deviation of 0.0075. Four of them leave one list in
 * 16,000 outside.
 */
const DEVIATION = Math.sqrt((2 * (2 * CASES + 5)) / (9 * CASES * (CASES - 1))) / 2;
const TOLERANCE = 4 * DEVIATION;

describe.each([
  ['geneSignal', 'patchSignal'],
  ['patchSignal', 'geneSignal'],
] as const)('%s: 0', (knob, other) => {
  const direction = planted(knob);
  const score = (cohort: SyntheticCohort, view = VIEWS[knob], along = direction) =>
    cohort.cases.map((one) => view(one).reduce((sum, value, g) => sum + value * along[g]!, 0));
  const off = make({ [knob]: 0 });

  it('leaves nothing of the risk along the planted direction, nor of the outcome', () => {
    expect(Math.abs(concordance(score(off), off.trueRisk) - 0.5)).toBeLessThan(TOLERANCE);
    const soonness = off.cases.map(({ timeMonths }) => -timeMonths);
    expect(Math.abs(concordance(score(off), soonness) - 0.5)).toBeLessThan(TOLERANCE);
  });

  it('is what makes the difference: with the signal the same score tells the risk', () => {
    expect(concordance(score(make({ [knob]: 1 })), off.trueRisk)).toBeGreaterThan(0.5 + 2 * TOLERANCE);
  });

  it('takes nothing from the other modality, nor from the outcome', () => {
    const seen = score(off, VIEWS[other], planted(other));
    expect(concordance(seen, off.trueRisk)).toBeGreaterThan(0.5 + 2 * TOLERANCE);
    const soonness = off.cases.map(({ timeMonths }) => -timeMonths);
    expect(concordance(off.trueRisk as number[], soonness)).toBeGreaterThan(0.5 + 2 * TOLERANCE);
  });
});

it('patches without signal are the same bits whatever the risk is', () => {
  const recipe = { cohort: 'blca', seed: 7, width: 16, shift: 0.4, signal: 0 };
  const bag = (risk: number, signal = 0) => syntheticPatches({ ...recipe, signal }, 'TCGA-ZZ-0001', risk, 50);
  expect(bag(3)).toEqual(bag(-3));
  expect(bag(3, 1)).not.toEqual(bag(-3, 1));
});
