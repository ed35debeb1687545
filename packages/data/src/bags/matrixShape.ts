import { BagError } from './bagError.js';

/**
 * The shape of features: rows are patches.
 *
 * TRIDENT writes features of shape [0] for a slide without tissue; that is an empty bag, not a vector.
 *
 * @throws BagError naming the shape, if it is not two-dimensional.
 */
export function matrixShape(where: string, shape: readonly number[]): [rows: number, width: number] {
  if (shape.length === 1 && shape[0] === 0) return [0, 0];
  if (shape.length === 2) return [shape[0]!, shape[1]!];
  const one = shape.length === 1 ? '; is it a slide embedding instead of patch features?' : '';
  throw new BagError(
    'not-two-dimensional',
    where,
    `features have the shape [${shape.join(', ')}], expected [patches, width]${one}`,
  );
}

/** Names that features go by, in the order in which they are looked for. */
export const FEATURE_NAMES = ['features', 'feats', 'embeddings'] as const;

/** Names that coordinates go by. */
export const COORD_NAMES = ['coords', 'coordinates'] as const;

/**
 * Which of a file's arrays holds the features: the one asked for, one of the known names, or the only one.
 *
 * @throws BagError naming the arrays there are.
 */
export function findFeatures(where: string, names: readonly string[], asked: string | undefined): string {
  const found =
    asked === undefined
      ? (FEATURE_NAMES.find((name) => names.includes(name)) ?? (names.length === 1 ? names[0] : undefined))
      : names.find((name) => name === asked);
  if (found !== undefined) return found;
  const there = names.length > 0 ? names.slice(0, 12).join(', ') : 'none';
  const wanted = asked ?? FEATURE_NAMES.join(', ');
  throw new BagError('no-features', where, `has no array ${wanted}; it has: ${there}`);
}
