import type { BagFile } from './bagFile.js';
import { BagError } from './bagError.js';

/** What features have to share to be looked at by one model. */
export type BagKind = Pick<BagFile, 'path' | 'width' | 'encoder' | 'attributes'>;

/** Attributes that change what a feature means. */
const MEANINGFUL = ['patch_size', 'patch_size_level0', 'target_magnification', 'tile_size_um'] as const;

/**
 * What two bags differ in so that they cannot be mixed, if anything. What only one of them states is no
 * difference: CLAM's files state nothing.
 */
export function differenceOf(a: BagKind, b: BagKind): string | undefined {
  if (a.width !== b.width) return `width ${a.width} and ${b.width}`;
  if (a.encoder !== undefined && b.encoder !== undefined && a.encoder !== b.encoder) {
    return `encoder ${a.encoder} and ${b.encoder}`;
  }
  for (const name of MEANINGFUL) {
    const [one, other] = [a.attributes[name], b.attributes[name]];
    if (one !== undefined && other !== undefined && one !== other) return `${name} ${one} and ${other}`;
  }
  return undefined;
}

/** @throws BagError `mixed` naming the first pair that differs. */
export function requireSameKind(bags: readonly BagKind[]): void {
  // The one that states most is compared with all: it is not the first that has to know its encoder.
  const reference = bags.reduce((best, bag) => (stated(bag) > stated(best) ? bag : best), bags[0]!);
  for (const bag of bags) {
    const difference = differenceOf(reference, bag);
    if (difference === undefined) continue;
    throw new BagError(
      'mixed',
      bag.path,
      `cannot be used together with ${reference.path}: ${difference}; features of one cohort come from one encoder at one magnification`,
    );
  }
}

function stated({ encoder, attributes }: BagKind): number {
  const names = MEANINGFUL.filter((name) => attributes[name] !== undefined);
  return names.length + (encoder === undefined ? 0 : 1);
}
