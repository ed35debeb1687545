import type { InputShape, PublishedClass } from '@concord/backbone';
import { readSurvpathCohort, SYNTHETIC_PRESETS } from '@concord/data';

/** Time bins of every published backbone. */
const BINS = 4;

/**
 * The input of a backbone's published setting; SurvPath's pathways and patch width where it says nothing else.
 * Genes are dealt to the groups one after the other, so that all of the 1,577 that TCGA-BLCA measures take part.
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
  const genes = Math.max(SYNTHETIC_PRESETS.published.genes, ...sizes);
  let dealt = 0;
  const pathways = sizes.map((size) => Array.from({ length: size }, () => dealt++ % genes));
  return { pathways, patchWidth, bins: BINS };
}
