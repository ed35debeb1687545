import { openPack, type PackFile } from '../bags/packFile.js';
import { joinBags } from '../bags/joinBags.js';
import { DataError } from '../dataError.js';
import type { BagSource, CaseBag } from './bagSource.js';

/**
 * Patch features of slides, packed into one file by `concord data pack`: the slides of a case follow each
 * other, and a bag is read from the disk when it is asked for.
 *
 * @throws DataError if it is no such file, a slide's name does not begin with a case barcode, or no slide has
 *   patches. Slides without any are left out and noted.
 */
export function readPackedFeatures(path: string): BagSource {
  const pack = openPack(path);
  try {
    const byCase = new Map<string, string[]>();
    for (const { slide, rows } of pack.slides) {
      const caseId = /^TCGA-[0-9A-Z]{2}-[0-9A-Z]{4}(?![0-9A-Z])/i.exec(slide)?.[0].toUpperCase();
      if (!caseId) throw new DataError(path, `slide ${slide} does not begin with a case barcode`);
      if (rows > 0) byCase.set(caseId, [...(byCase.get(caseId) ?? []), slide]);
    }
    if (byCase.size === 0) throw new DataError(path, 'none of its slides has patches');
    const empty = pack.slides.filter(({ rows }) => rows === 0);
    return {
      path,
      digests: { [path]: pack.key },
      width: pack.width,
      channels: pack.encoder === undefined ? [] : [`features of ${pack.encoder}`],
      cases: new Map([...byCase].map(([caseId, slides]) => [caseId, caseBag(pack, caseId, slides)])),
      notes: empty.map(({ slide }) => `${slide}: no patches; left out`),
      close: () => pack.close(),
    };
  } catch (error) {
    pack.close();
    throw error;
  }
}

function caseBag(pack: PackFile, caseId: string, slideIds: readonly string[]): CaseBag {
  const sources = pack.slides.filter(({ slide }) => slideIds.includes(slide)).map(({ sha256 }) => sha256);
  const bag = joinBags(
    caseId,
    slideIds.map((slide) => pack.bag(slide)),
  );
  return {
    rows: bag.rows,
    slideIds,
    digest: sources.sort().join(' '),
    read: () => bag.read(),
    load: (rows, into) => pack.load(slideIds, rows, into),
  };
}
