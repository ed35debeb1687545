import type { InputShape, PublishedClass } from '@concord/backbone';
import { readSurvpathCohort, SYNTHETIC_PRESETS } from '@concord/data';

/** Time bins of every published backbone. */
const BINS = 4;

/**
 * The input of a backbone's published setting; SurvPath's pathways and patch width where it says nothing else.
 * Which genes a pathway holds is not part of it: they only have the right number.
 *
 * @param dataDir tables to take SurvPath's pathways from.
 */
export function publishedShape(published: PublishedClass | undefined, dataDir?: string): InputShape {
  const { patchWidth = 768, pathwaySizes } = published ?? {};
  const sizes =
    pathwaySizes ??
    (dataDir
      ? readSurvpathCohort(dataDir, 'blca').pathways.map(({ genes }) => genes.length)
      : SYNTHETIC_PRESETS.published.pathwaySizes);
  return { pathways: sizes.map((size) => Array.from({ length: size }, (_, i) => i)), patchWidth, bins: BINS };
}
