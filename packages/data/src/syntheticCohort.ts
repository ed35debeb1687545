import { createHash } from 'node:crypto';
import { requireCohortName, type Cohort, type CohortCase } from './cohort.js';
import { stream, type Stream } from './normalStream.js';
import { packPathways, type Pathway } from './genes/pathways.js';
import { syntheticPatches, type PatchRecipe } from './syntheticPatches.js';
import { fitTimeBins, timeBin } from './clinical/timeBins.js';

/** Sizes and strengths of the synthetic cohort. */
export interface SyntheticOptions {
  readonly seed?: number;
  readonly cases?: number;
  /** Genes of each pathway. */
  readonly pathwaySizes?: readonly number[];
  /** Distinct genes from which pathways are drawn. */
  readonly genes?: number;
  readonly patchWidth?: number;
  /** Smallest and largest bag. */
  readonly patches?: readonly [number, number];
  /** How strongly the planted risk shows in the outcome and, unless said otherwise, in genes and patches. */
  readonly signal?: number;
  /** How strongly it shows in each modality; 0 makes one useless. Default `signal`. */
  readonly geneSignal?: number;
  readonly patchSignal?: number;
  /** How far cohorts lie apart. */
  readonly shift?: number;
  /** Share of cases whose follow-up ends before the event. */
  readonly censoring?: number;
}

/** Median months to the event; cancers differ in more than their features. */
const MEDIAN_MONTHS = { brca: 90, blca: 24, stad: 20, hnsc: 30 };
const BINS = 4;

/** The embedded cohort: a cohort whose truth is known. */
export interface SyntheticCohort extends Cohort {
  /** The planted risk of each case, in the order of `cases`; higher is worse. */
  readonly trueRisk: readonly number[];
}

/**
 * A deterministic cohort that looks like TCGA's and holds no patient: barcodes of the site `ZZ`, which TCGA
 * never gave out, genes `SYN0001` and on. A standard normal risk drives every third pathway, one patch of five
 * and a Weibull time to the event; cohorts differ by a shift of both modalities.
 */
export function syntheticCohort(name: string, options: SyntheticOptions = {}): SyntheticCohort {
  const cohort = requireCohortName(name);
  const { seed = 7, cases: count = 24, signal = 1, shift = 0.4, censoring = 0.5 } = options;
  const {
    pathwaySizes = SMALL_PATHWAYS,
    genes: geneCount = 60,
    patchWidth = 64,
    patches = [24, 48],
    geneSignal = signal,
    patchSignal = signal,
  } = options;
  const pathways = drawPathways(pathwaySizes, geneCount, stream(`${seed}/pathways`));
  const offset = stream(`${seed}/${cohort}/gene-offset`);
  const offsets = Float64Array.from({ length: geneCount }, () => shift * offset.normal());
  const recipe: PatchRecipe = { cohort, seed, width: patchWidth, shift, signal: patchSignal };

  const people = Array.from({ length: count }, (_, i) => {
    const caseId = `TCGA-ZZ-${(i + 1).toString(36).toUpperCase().padStart(4, '0')}`;
    const own = stream(`${seed}/${cohort}/${caseId}`);
    const risk = own.normal();
    return { caseId, own, risk, followUp: drawFollowUp(risk, own, MEDIAN_MONTHS[cohort], signal, censoring) };
  });
  const edges = fitTimeBins(
    people.map(({ followUp }) => followUp),
    BINS,
    `synthetic ${cohort}`,
  );
  const cases = people.map(({ caseId, own, risk, followUp }): CohortCase => {
    const expression = drawExpression(pathways, offsets, risk * geneSignal, own);
    const patchCount = patches[0] + Math.floor(own.uniform() * (patches[1] - patches[0] + 1));
    return {
      caseId,
      slideIds: [`${caseId}-01Z-00-DX1.${slideUuid(`${seed}/${cohort}/${caseId}`)}`],
      ...followUp,
      bin: timeBin(followUp.timeMonths, edges, caseId),
      genes: packPathways(expression, pathways),
      patchCount,
      patches: () => syntheticPatches(recipe, caseId, risk, patchCount),
    };
  });
  const recipeText = JSON.stringify({
    cohort,
    seed,
    count,
    signal,
    shift,
    censoring,
    ...(geneSignal !== signal && { geneSignal }),
    ...(patchSignal !== signal && { patchSignal }),
    pathwaySizes,
    geneCount,
    patchWidth,
    patches,
  });
  return {
    name: cohort,
    source: 'embedded',
    synthetic: { cases: true, genes: true, patches: true, outcomes: true },
    pathways,
    patchWidth,
    edges,
    cases,
    digests: { recipe: createHash('sha256').update(recipeText).digest('hex') },
    findings: [
      {
        kind: 'synthetic-cohort',
        title: `The cohort ${cohort} is synthetic`,
        detail:
          'Cases, genes, patches and outcomes come from a generator. Agreement shows that programs agree, nothing about patients.',
      },
    ],
    trueRisk: people.map(({ risk }) => risk),
  };
}

/** 8 pathways of 1 to 12 genes. */
const SMALL_PATHWAYS: readonly number[] = Array.from({ length: 8 }, (_, i) => 1 + ((i * 5) % 12));

function drawPathways(sizes: readonly number[], geneCount: number, source: Stream): Pathway[] {
  return sizes.map((size, i) => {
    if (size > geneCount) throw new RangeError(`pathway ${i} needs ${size} of ${geneCount} genes`);
    const chosen = new Set<number>();
    while (chosen.size < size) chosen.add(Math.floor(source.uniform() * geneCount));
    return { name: `SYNTHETIC_PATHWAY_${i + 1}`, genes: [...chosen].sort((a, b) => a - b) };
  });
}

/** Expression in [−1, 1], as the published scaling leaves it; every third pathway follows the risk. */
function drawExpression(
  pathways: readonly Pathway[],
  offsets: Float64Array,
  risk: number,
  source: Stream,
): Float64Array {
  const expression = offsets.map((offset) => offset + source.normal());
  const driven = new Set(pathways.filter((_, i) => i % 3 === 0).flatMap(({ genes }) => genes));
  for (const gene of driven) expression[gene]! += 0.5 * risk;
  return expression.map((value) => Math.tanh(value / 2));
}

function drawFollowUp(risk: number, source: Stream, median: number, signal: number, censoring: number) {
  const shape = 1.2;
  const scale = (median / Math.log(2) ** (1 / shape)) * Math.exp((-signal * risk) / shape);
  const death = scale * (-Math.log(source.uniform())) ** (1 / shape);
  const isCensored = source.uniform() < censoring;
  const days = Math.max(1, Math.round(30 * death * (isCensored ? source.uniform() : 1)));
  return { timeMonths: days / 30, event: !isCensored };
}

function slideUuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex').toUpperCase();
  return [8, 4, 4, 4, 12]
    .map((length, i) => hex.slice([0, 8, 12, 16, 20][i]!, [0, 8, 12, 16, 20][i]! + length))
    .join('-');
}
