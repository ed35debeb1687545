import { describe, expect, it } from 'vitest';
import { formatCount, formatError, formatIndex, formatPlural, formatRatio } from './format.js';

describe('formatError', () => {
  it.each([
    [0, '0'],
    [1.234e-7, '1.2e-7'],
    [2, '2.0e+0'],
    [Infinity, '∞'],
  ])('%d -> %s', (error, text) => expect(formatError(error)).toBe(text));
});

describe('formatRatio', () => {
  it.each([
    [0, '0.00'],
    [0.834, '0.83'],
    [9.996, '10.0'],
    [12.34, '12.3'],
    [99.96, '100'],
    [6086.4, '6086'],
    [31_234, '3.1e+4'],
    [Infinity, '∞'],
  ])('%d -> %s', (ratio, text) => expect(formatRatio(ratio)).toBe(text));
});

describe('counts and indices', () => {
  it('are written as people write them', () => {
    expect(formatCount(1832)).toBe('1,832');
    expect(formatPlural(1, 'subject')).toBe('1 subject');
    expect(formatPlural(2, 'quantity', 'quantities')).toBe('2 quantities');
    expect(formatIndex([0, 12])).toBe('[0, 12]');
    expect(formatIndex([])).toBe('[]');
  });
});
