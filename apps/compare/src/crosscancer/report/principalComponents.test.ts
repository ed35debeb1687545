import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { principalComponents } from './principalComponents.js';

const reference = JSON.parse(
  readFileSync(new URL('../../../reference/principalComponents.json', import.meta.url), 'utf8'),
) as {
  readonly numpy: string;
  readonly cases: readonly { points: number[][]; scores: [number, number][]; shares: [number, number] }[];
};

describe(`principalComponents, as numpy ${reference.numpy} has them`, () => {
  it.each(reference.cases)('$points.length points', ({ points, scores, shares }) => {
    const found = principalComponents(points);
    found.scores.flat().forEach((value, i) => expect(value).toBeCloseTo(scores.flat()[i]!, 9));
    found.shares.forEach((share, axis) => expect(share).toBeCloseTo(shares[axis]!, 12));
  });

  it('does not invent an axis where nothing varies', () => {
    const same = [
      [1, 2],
      [1, 2],
      [1, 2],
    ];
    expect(() => principalComponents(same)).toThrow(/all embeddings are the same/);
  });
});
