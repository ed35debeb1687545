import type { InputShape } from './backbone.js';

/** Number of genes of each pathway. */
export function pathwaySizes({ pathways }: InputShape): number[] {
  return pathways.map((genes) => genes.length);
}

/**
 * Where each distinct gene, by rising position in the cohort's gene list, first stands in the packed vector:
 * what a model that reads genes without pathways gathers.
 */
export function distinctGenes({ pathways }: InputShape): number[] {
  const first = new Map<number, number>();
  pathways.flat().forEach((gene, at) => {
    if (!first.has(gene)) first.set(gene, at);
  });
  return [...first].sort(([a], [b]) => a - b).map(([, at]) => at);
}
