import { stream } from './normalStream.js';

/** Latent directions in which patches differ; the first one carries the risk. */
const RANK = 4;

/** What a synthetic bag looks like. */
export interface PatchRecipe {
  /** Names the directions that all cases of a cohort share. */
  readonly cohort: string;
  readonly seed: number;
  readonly width: number;
  /** How far the cohort's patches are from those of the others, in standard deviations. */
  readonly shift: number;
  /** How much of the risk shows in an informative patch. */
  readonly signal: number;
}

/**
 * Features of one case's patches: noise, a few directions shared by all cohorts, the cohort's own offset, and
 * in one patch of five the case's risk along the first direction.
 *
 * @returns [count, width] float32.
 */
export function syntheticPatches(
  recipe: PatchRecipe,
  caseId: string,
  risk: number,
  count: number,
): Float32Array {
  const { cohort, seed, width, shift, signal } = recipe;
  const shared = stream(`${seed}/patch-directions`);
  const directions = Float32Array.from({ length: RANK * width }, () => shared.normal() / Math.sqrt(RANK));
  const own = stream(`${seed}/${cohort}/patch-offset`);
  const offset = Float32Array.from({ length: width }, () => shift * own.normal());
  const noise = stream(`${seed}/${cohort}/${caseId}/patches`);
  const patches = new Float32Array(count * width);
  const loading = new Float64Array(RANK);
  for (let i = 0; i < count; i++) {
    for (let r = 0; r < RANK; r++) loading[r] = 0.6 * noise.normal();
    if (noise.uniform() < 0.2) loading[0]! += signal * risk;
    const row = i * width;
    for (let c = 0; c < width; c++) {
      let value = offset[c]! + 0.8 * noise.normal();
      for (let r = 0; r < RANK; r++) value += loading[r]! * directions[r * width + c]!;
      patches[row + c] = value;
    }
  }
  return patches;
}
