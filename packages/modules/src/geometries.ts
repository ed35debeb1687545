import { fisherRao } from './fisherRao.js';
import type { Geometry } from './geometry.js';
import { wasserstein } from './wasserstein.js';

/** The geometries that CADE knows, by name. */
export const GEOMETRIES = { wasserstein, 'fisher-rao': fisherRao } as const satisfies Record<
  string,
  Geometry
>;

export type GeometryName = keyof typeof GEOMETRIES;
