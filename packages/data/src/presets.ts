import type { SyntheticOptions } from './syntheticCohort.js';

/**
 * Sizes of the embedded cohort: `small` runs anywhere; `published` has the numbers of SurvPath on TCGA-BLCA:
 * 331 pathways of 1 to 75 genes, 4096 sampled patches of 768 features a case.
 */
export const SYNTHETIC_PRESETS = {
  small: { cases: 24 },
  published: {
    cases: 24,
    genes: 1577,
    // Sizes fall off as those of the combined hallmark and Reactome sets do among 1,577 measured genes.
    pathwaySizes: Array.from({ length: 331 }, (_, i) => Math.max(1, Math.round(75 * Math.exp(-i / 54)))),
    patchWidth: 768,
    patches: [4096, 4096],
  },
} as const satisfies Record<string, SyntheticOptions>;

export type SyntheticPreset = keyof typeof SYNTHETIC_PRESETS;
