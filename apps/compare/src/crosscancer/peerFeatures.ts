import { DataError } from '@concord/data';
import type { InputShape } from '@concord/backbone';
import { distinctGenes } from '@concord/backbone';
import type { TrainingCase } from '@concord/training';
import type { StudyCohort } from '../train/studyCohort.js';
import type { Peer } from './gridOptions.js';

/** [cases, columns], row by row. */
export interface Features {
  readonly columns: number;
  readonly data: Float64Array;
}

/**
 * What a peer reads of cases: every distinct gene once; or age in years and stage from 1 to 4, NaN where unknown.
 *
 * @throws DataError if no case of a cohort has what is read.
 */
export function peerFeatures(
  peer: Peer,
  cases: readonly TrainingCase[],
  shape: InputShape,
  cohorts: readonly StudyCohort[],
): Features {
  const rows = peer === 'stage-age' ? clinicalRows(cases, cohorts) : geneRows(cases, shape);
  return { columns: rows[0]?.length ?? 0, data: Float64Array.from(rows.flat()) };
}

function geneRows(cases: readonly TrainingCase[], shape: InputShape): number[][] {
  const places = distinctGenes(shape);
  return cases.map(({ genes }) => places.map((place) => genes[place]!));
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
