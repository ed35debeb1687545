import type { CohortFile } from './cohortFile.js';

/**
 * Every file and folder that a cohort is read from, beside the cohort file.
 *
 * @param file as `readCohortFile` gives it.
 * @returns absolute paths, each once.
 */
export function cohortPaths({ outcomes, genes, histology, attributes = [] }: CohortFile): string[] {
  const named = [
    ...[outcomes.file, outcomes.compare?.file],
    ...[genes.file, genes.folder, genes.pathways],
    ...[histology.file, ...attributes],
  ];
  return [...new Set(named.filter((path) => path !== undefined))];
}
