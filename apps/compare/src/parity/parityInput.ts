import type { Backbone, PublishedClass } from '@concord/backbone';
import {
  clusterPatches,
  readSurvpathCohort,
  SYNTHETIC_PRESETS,
  syntheticCohort,
  type Cohort,
  type CohortCase,
} from '@concord/data';
import type { ParityCase, ParityInput } from './subject.js';
import type { ParityOptions } from './types.js';

/** Cases that take part: enough that steps see different patients, few enough to lie in memory. */
const CASES = 12;

/** Bags of real tables, whose patches are generated: as the published sampling, or small. */
const REAL_BAGS = {
  small: { patchWidth: 96, patches: [384, 512] },
  published: { patchWidth: 768, patches: [4096, 4096] },
} as const;

type CohortOptions = Pick<ParityOptions, 'cohort' | 'dataDir' | 'preset' | 'seed'>;

/** What a published class fixes of its input. */
export type InputDemands = Pick<PublishedClass, 'patchWidth' | 'pathwaySizes'>;

/**
 * The cohort that the options name.
 *
 * @param demands of a published class, in place of the preset's own sizes.
 * @param cases in place of the synthetic cohort's own number.
 * @throws DataError.
 */
export function loadCohort(
  { cohort, dataDir, preset, seed }: CohortOptions,
  { patchWidth, pathwaySizes }: InputDemands = {},
  cases: { readonly cases?: number } = {},
): Cohort {
  const options = { seed, ...cases, ...(patchWidth !== undefined && { patchWidth }) };
  if (dataDir) {
    const real = readSurvpathCohort(dataDir, cohort, { ...REAL_BAGS[preset], ...options });
    return pathwaySizes ? { ...real, pathways: joined(real.pathways, pathwaySizes.length) } : real;
  }
  const groups = pathwaySizes ? groupsOf(pathwaySizes, preset) : {};
  return syntheticCohort(cohort, { ...SYNTHETIC_PRESETS[preset], ...options, ...groups });
}

/** Genes of the largest group in the small cohort, and distinct ones in the published one. */
const GENES = { small: 40, published: SYNTHETIC_PRESETS.published.genes } as const;

/** As many groups as demanded: of the same sizes, or small ones in the same proportion. */
function groupsOf(sizes: readonly number[], preset: ParityOptions['preset']) {
  const largest = Math.max(...sizes);
  if (preset === 'published') return { pathwaySizes: sizes, genes: Math.max(GENES.published, largest) };
  return { pathwaySizes: sizes.map((size) => Math.max(1, Math.round((size * GENES.small) / largest))) };
}

/** Neighbouring pathways as one, until `count` are left: the packed expression stays as it is. */
function joined(pathways: Cohort['pathways'], count: number): Cohort['pathways'] {
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [i, i + 1].map((edge) => Math.round((edge * pathways.length) / count));
    const members = pathways.slice(from, to);
    return { name: `GROUP_${i + 1}`, genes: members.flatMap(({ genes }) => genes) };
  });
}

/** What both stacks compute on: `most` cases spread evenly over the cohort, and the shape of the input. */
export function parityInput(cohort: Cohort, most = CASES): ParityInput {
  const { cases } = cohort;
  const count = Math.min(most, cases.length);
  const chosen = Array.from({ length: count }, (_, i) => cases[Math.floor((i * cases.length) / count)]!);
  return {
    shape: {
      pathways: cohort.pathways.map(({ genes }) => genes),
      patchWidth: cohort.patchWidth,
      bins: cohort.edges.length - 1,
    },
    cases: eventFirst(chosen).map(toCase),
  };
}

/**
 * The first case is the one whose forward pass is compared: an observed event beyond the first bin, where
 * every term of the loss has a part. The cohort's order is kept otherwise.
 */
function eventFirst(cases: readonly CohortCase[]): CohortCase[] {
  const first = cases.find(({ event, bin }) => event && bin > 0) ?? cases[0]!;
  return [first, ...cases.filter((one) => one !== first)];
}

function toCase(one: CohortCase): ParityCase {
  const { caseId, genes, patchCount, bin, event, timeMonths } = one;
  const label = { bin, censored: event ? 0 : 1, months: timeMonths } as const;
  return { caseId, genes, patches: one.patches(), patchCount, label };
}

/** The input that a backbone's published class demands, with clusters for one that reads them. */
export function fittingInput(
  { published, reads }: Backbone,
  whole: ParityInput,
  seed: number,
  demanded: (demands: InputDemands) => ParityInput,
): ParityInput {
  const { patchWidth, pathwaySizes } = published ?? {};
  const sized = patchWidth || pathwaySizes ? demanded({ ...published }) : whole;
  return reads.clusters === undefined ? sized : withClusters(sized, reads.clusters, seed);
}

/** The same cases with their patches clustered, for a backbone that reads clusters. */
function withClusters({ shape, cases }: ParityInput, clusters: number, seed: number): ParityInput {
  return {
    shape,
    cases: cases.map((one) => ({
      ...one,
      clusters: clusterPatches(one.patches, shape.patchWidth, clusters, seed),
    })),
  };
}
