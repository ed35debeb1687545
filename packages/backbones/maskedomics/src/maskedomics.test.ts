import { parameterCount } from '@concord/backbone';
import { describe, expect, it } from 'vitest';
import { weightShapes } from './config.js';

describe('MaskedOmics', () => {
  it('has as many parameters as the published class at its setting', () => {
    const pathways = Array.from({ length: 331 }, () => [0]);
    const shapes = weightShapes({ genes: 4999, pathways, units: [8, 16], bins: 4 });
    expect(parameterCount(shapes)).toBe(34_287_632);
  });
});
