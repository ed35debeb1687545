import { describe, expect, it } from 'vitest';
import type { ParityRow, Stage } from './report.js';
import { firstDivergence, notCompared, stageRank, summarize, verdictOf } from './summary.js';

const plain = { backbone: 'survpath', variant: 'plain', witness: 'reference' } as const;

function row(stage: Stage, order: number, ratio: number, variant = 'plain'): ParityRow {
  const quantity = `${stage} ${order}`;
  const errors = { scale: 1, errorTs: ratio * 1e-6, errorTorch32: 1e-6, yardstick: 1e-6, limit: 4e-6 };
  return {
    ...plain,
    variant,
    stage,
    order,
    quantity,
    kind: 'real',
    shape: [1],
    ...errors,
    ratio,
    pass: ratio <= 4,
  };
}

describe('stageRank', () => {
  it('follows the computation, steps by number', () => {
    const stages: Stage[] = [
      'risk',
      'step 10',
      'gradient',
      'step 2',
      'evaluation',
      'step 50',
      'training',
      'step 1',
    ];
    expect(stages.sort((a, b) => stageRank(a) - stageRank(b))).toEqual([
      'evaluation',
      'training',
      'gradient',
      'step 1',
      'step 2',
      'step 10',
      'step 50',
      'risk',
    ]);
  });
});

describe('firstDivergence', () => {
  it('finds nothing where everything passes', () => {
    expect(firstDivergence([row('evaluation', 0, 1), row('risk', 0, 4)])).toBeUndefined();
  });

  it('prefers the earliest stage, in whatever order the rows come', () => {
    const rows = [row('risk', 0, 9), row('step 1', 0, 9), row('gradient', 3, 9), row('training', 8, 9)];
    expect(firstDivergence(rows)?.quantity).toBe('training 8');
    expect(firstDivergence(rows.reverse())?.quantity).toBe('training 8');
  });

  it('walks forward through a forward pass and backward through the gradients', () => {
    expect(firstDivergence([row('evaluation', 5, 9), row('evaluation', 2, 9)])?.quantity).toBe(
      'evaluation 2',
    );
    expect(firstDivergence([row('gradient', 2, 9), row('gradient', 5, 9)])?.quantity).toBe('gradient 5');
  });
});

describe('verdictOf', () => {
  it('counts what passed and keeps the worst ratio', () => {
    expect(verdictOf(plain, [row('evaluation', 0, 1), row('training', 0, 3)], 1.5)).toEqual({
      ...plain,
      status: 'same',
      worstRatio: 3,
      passed: 2,
      failed: 0,
      seconds: 1.5,
    });
    expect(verdictOf(plain, [row('evaluation', 0, Infinity)])).toMatchObject({
      status: 'differs',
      failed: 1,
    });
  });

  it('does not take nothing for sameness', () => {
    expect(verdictOf(plain, [])).toMatchObject({
      status: 'not compared',
      reason: 'no quantity was compared',
    });
  });
});

describe('summarize', () => {
  const released = { ...plain, variant: 'released' };
  const same = [row('evaluation', 0, 1)];

  it('says SAME only if something was compared', () => {
    const refused = notCompared(released, 'bags of different lengths');
    expect(summarize([], []).status).toBe('not compared');
    expect(summarize([], [refused])).toMatchObject({ status: 'not compared', notCompared: 1, worstRatio: 0 });
    expect(summarize(same, [verdictOf(plain, same), refused])).toMatchObject({
      status: 'same',
      notCompared: 1,
    });
  });

  it('names the first divergence of the first subject that differs', () => {
    const sdir = [row('training', 4, 9, 'sdir'), row('gradient', 1, 9, 'sdir')];
    const cade = [row('evaluation', 0, 9, 'cade')];
    const verdicts = [verdictOf(plain, same), verdictOf(sdir[0]!, sdir), verdictOf(cade[0]!, cade)];
    expect(summarize([...same, ...cade, ...sdir], verdicts)).toEqual({
      status: 'differs',
      passed: 1,
      failed: 3,
      notCompared: 0,
      worstRatio: 9,
      firstDivergence: { ...plain, variant: 'sdir', stage: 'training', quantity: 'training 4' },
    });
  });
});
