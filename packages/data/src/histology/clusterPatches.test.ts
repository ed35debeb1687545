import { describe, expect, it } from 'vitest';
import { clusterPatches } from './clusterPatches.js';

/** Three far-apart heaps of patches, in turn. */
const heaps = Float32Array.from({ length: 30 * 4 }, (_, i) => {
  const [patch, axis] = [Math.floor(i / 4), i % 4];
  return (axis === patch % 3 ? 100 : 0) + ((patch * 7 + axis * 3) % 5);
});

describe('clusters of patches', () => {
  it('are the heaps that there are', () => {
    const clusters = clusterPatches(heaps, 4, 3, 1);
    const heap = [0, 1, 2].map((first) => clusters[first]);
    expect(new Set(heap).size).toBe(3);
    clusters.forEach((cluster, patch) => expect(cluster).toBe(heap[patch % 3]));
  });

  it('are the same for the same seed', () => {
    expect(clusterPatches(heaps, 4, 7, 5)).toEqual(clusterPatches(heaps, 4, 7, 5));
  });

  it('are single patches where there are no more of them than clusters', () => {
    expect([...clusterPatches(heaps.subarray(0, 12), 4, 10, 1)]).toEqual([0, 1, 2]);
  });

  it.each([
    ['no patches', new Float32Array(0), 'no bag of patches of width 4'],
    ['half a patch', new Float32Array(6), '6 numbers are no bag of patches'],
    ['NaN', Float32Array.of(1, 2, 3, NaN), 'NaN or infinity'],
  ])('refuse %s', (_name, patches, words) => {
    expect(() => clusterPatches(patches, 4, 2, 1)).toThrow(words);
  });
});
