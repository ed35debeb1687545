import type { InputShape, PublishedClass } from '@concord/backbone';
import { SYNTHETIC_PRESETS, syntheticCohort } from '@concord/data';

/** The embedded cohort's shape, with the patch width that the published class fixes, and its first bag's length. */
export function smallInput(published: PublishedClass | undefined): { shape: InputShape; patches: number } {
  const patchWidth = published?.patchWidth;
  const sizes = { ...SYNTHETIC_PRESETS.small, ...(patchWidth !== undefined && { patchWidth }) };
  const cohort = syntheticCohort('blca', sizes);
  const pathways = cohort.pathways.map(({ genes }) => genes);
  return {
    shape: { pathways, patchWidth: cohort.patchWidth, bins: cohort.edges.length - 1 },
    patches: cohort.cases[0]!.patchCount,
  };
}
