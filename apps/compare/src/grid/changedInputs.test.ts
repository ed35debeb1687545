import { describe, expect, it } from 'vitest';
import { changedFields } from './changedInputs.js';

describe('changedFields', () => {
  it('names nothing where the order of keys, or an absent field, is all that differs', () => {
    expect(changedFields({ a: 1, b: { c: [1, 2] }, d: undefined }, { b: { c: [1, 2] }, a: 1 })).toEqual([]);
  });

  it('names members of lists by their names, and others by their place', () => {
    const before = { cohorts: [{ name: 'blca', digests: { rna: 'x', cna: 'y' } }], seeds: [1, 2] };
    const now = { seeds: [1, 3], cohorts: [{ name: 'blca', digests: { rna: 'z', cna: 'y' } }] };
    expect(changedFields(before, now)).toEqual(['cohorts.blca.digests.rna', 'seeds.1']);
  });

  it('names what came and what went', () => {
    expect(changedFields({ a: { b: 1 } }, { a: { c: 1 } }, 'config')).toEqual(['config.a.b', 'config.a.c']);
    expect(changedFields({ a: null }, { a: { c: 1 } })).toEqual(['a']);
  });
});
