import { describe, expect, it } from 'vitest';
import { estimateLeft } from './estimate.js';
import type { StandingCell } from './gridStatus.js';

const now = Date.parse('2025-01-01T00:01:00Z');

function cell(backbone: string, state: StandingCell['state']): StandingCell {
  return { cell: { spec: { backbone } } as StandingCell['cell'], state };
}

const done = (backbone: string, seconds: number) => cell(backbone, { kind: 'done', seconds });

describe('estimateLeft', () => {
  it('goes by the quartiles of the cells of the same backbone that are done', () => {
    const seconds = [40, 10, 50, 20, 30].map((one) => done('mlpomics', one));
    const waiting = [cell('mlpomics', { kind: 'waiting' }), cell('mlpomics', { kind: 'stale', why: ['x'] })];
    expect(estimateLeft([...seconds, ...waiting], now)).toEqual({
      ...{ seconds: [40, 80], cells: 2, unknown: {}, atOnce: 0 },
    });
  });

  it('counts what running cells have taken, and no failed ones', () => {
    const record = { folder: '', where: '', since: '2025-01-01T00:00:00Z', steps: 1 };
    const failure = { kind: 'program', reason: '', attempts: 1, inputs: '' } as const;
    const cells = [
      ...[done('mcat', 100), cell('mcat', { kind: 'running', record })],
      cell('mcat', { kind: 'failed', failure }),
    ];
    expect(estimateLeft(cells, now)).toMatchObject({ seconds: [40, 40], cells: 1, atOnce: 1 });
  });

  it('says of which backbones nothing is known, rather than guess', () => {
    const cells = [
      done('mcat', 5),
      cell('survpath', { kind: 'waiting' }),
      cell('survpath', { kind: 'waiting' }),
    ];
    expect(estimateLeft(cells, now)).toMatchObject({ seconds: [0, 0], cells: 0, unknown: { survpath: 2 } });
  });
});
