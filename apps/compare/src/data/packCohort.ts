import { findBags, packBags, readSlideList, type PackOptions, type PackResult } from '@concord/data';

/**
 * Pack the features in some folders, or those of a list of slides.
 *
 * @param list file that names the slides; all of them have to be there.
 */
export async function packCohort(
  paths: readonly string[],
  out: string,
  list: string | undefined,
  options: PackOptions,
): Promise<PackResult> {
  const found = findBags(paths);
  if (list === undefined) return packBags(found, out, options);
  const wanted = new Set(readSlideList(list));
  const there = found.filter(({ slide }) => wanted.has(slide));
  const names = new Set(there.map(({ slide }) => slide));
  const missing = [...wanted].filter((slide) => !names.has(slide));
  if (missing.length > 0) {
    const some = missing.slice(0, 3).join(', ');
    throw new Error(`${list}: ${missing.length} of ${wanted.size} slides have no features there: ${some}`);
  }
  return packBags(there, out, options);
}
