import { DataError } from '@concord/data';
import type { InputShape } from '@concord/backbone';
import { distinctGenes } from '@concord/backbone';
import type { TrainingCase } from '@concord/training';
import type { StudyCohort } from '../train/studyCohort.js';
import { PEER_READS, type Peer } from './gridOptions.js';

/** [cases, columns], row by row. */
export interface Features {
  readonly columns: number;
  readonly data: Float64Array;
}

/** What a peer reads of cases: `slides` only where it reads them. */
export interface PeerFeatures {
  readonly features: Features;
  readonly slides?: Features;
}

/**
 * What a peer reads of cases: every distinct gene once, or age in years and stage from 1 to 4, NaN where unknown.
 * Of slides the value of each named feature; of patches the mean and the standard deviation of each channel.
 *
 * @throws DataError if no case of a cohort has what is read.
 */
export async function peerFeatures(
  peer: Peer,
  cases: readonly TrainingCase[],
  shape: InputShape,
  cohorts: readonly StudyCohort[],
): Promise<PeerFeatures> {
  const { clinical, patches } = PEER_READS[peer];
  const features = matrix(clinical ? clinicalRows(cases, cohorts) : geneRows(cases, shape));
  return patches ? { features, slides: matrix(await slideRows(cases, shape, cohorts)) } : { features };
}

function matrix(rows: readonly (readonly number[])[]): Features {
  return { columns: rows[0]?.length ?? 0, data: Float64Array.from(rows.flat()) };
}

function geneRows(cases: readonly TrainingCase[], shape: InputShape): number[][] {
  const places = distinctGenes(shape);
  return cases.map(({ genes }) => places.map((place) => genes[place]!));
}

async function slideRows(
  cases: readonly TrainingCase[],
  { patchWidth: width }: InputShape,
  cohorts: readonly StudyCohort[],
): Promise<number[][]> {
  const named = new Set(cohorts.filter(({ namedTokens }) => namedTokens).map(({ name }) => name));
  const rows: number[][] = [];
  // One after the other: bags are large.
  for (const one of cases) {
    const bag = one.load ? await one.load() : one.patches();
    const count = bag.length / width;
    rows.push(
      named.has(one.cohort)
        ? Array.from({ length: count }, (_, token) => bag[token * width]!)
        : channelMoments(bag, width, count),
    );
  }
  return rows;
}

function channelMoments(bag: Float32Array, width: number, count: number): number[] {
  const sum = new Float64Array(width);
  const squares = new Float64Array(width);
  bag.forEach((value, i) => {
    sum[i % width]! += value;
    squares[i % width]! += value * value;
  });
  const mean = sum.map((value) => value / count);
  const deviation = squares.map((value, i) => Math.sqrt(Math.max(value / count - mean[i]! ** 2, 0)));
  return [...mean, ...deviation];
}

function clinicalRows(cases: readonly TrainingCase[], cohorts: readonly StudyCohort[]): number[][] {
  const rows = cases.map(({ cohort, caseId }) => {
    const known = cohorts.find(({ name }) => name === cohort)?.clinical?.get(caseId);
    return [known?.age ?? NaN, stageNumber(known?.stage)];
  });
  for (const name of new Set(cases.map(({ cohort }) => cohort))) {
    const own = rows.filter((_, i) => cases[i]!.cohort === name);
    if (own.some(([age, stage]) => !Number.isNaN(age) || !Number.isNaN(stage))) continue;
    throw new DataError(
      name,
      'has neither age nor stage of any case; leave the peer stage-age out, or name attributes',
    );
  }
  return rows;
}

/** 1 to 4 from `Stage IIIA` and the like. */
function stageNumber(stage: string | undefined): number {
  const roman = /\b(IV|III|II|I)[A-C]?\d?\b/i.exec(stage ?? '')?.[1];
  return roman ? ['I', 'II', 'III', 'IV'].indexOf(roman.toUpperCase()) + 1 : NaN;
}
