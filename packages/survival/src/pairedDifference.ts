import { studentQuantile, studentTail } from './distributions.js';
import { noiseInWords } from './resolution.js';
import { SurvivalError } from './survivalError.js';

/** Runs on one source, and what they make of a difference. */
export interface Training {
  /** Share of the difference that rests on these runs; 1 where there is one source. */
  readonly share: number;
  /** Difference of each run, such as fold and seed. */
  readonly runs: readonly number[];
}

/** What a difference of two methods is made of. */
export interface DifferenceParts {
  /** Mean of the runs' differences on the same cases. */
  readonly difference: number;
  /** Its standard deviation over cases, by the jackknife. */
  readonly caseDeviation: number;
  readonly cases: number;
  readonly events: number;
  /** Trainings that have nothing to do with each other, such as those on each source. */
  readonly trainings: readonly Training[];
  /** Held-out over training cases of a run, as ¼ in five folds. */
  readonly testShare: number;
}

/** A difference judged against both sources of chance. */
export interface PairedDifference {
  readonly difference: number;
  /** Root of the two variances' sum. */
  readonly deviation: number;
  readonly caseDeviation: number;
  /** From the spread of the runs; undefined where no source has two, so that training cannot be judged. */
  readonly trainingDeviation?: number;
  readonly degrees: number;
  readonly p: number;
  readonly lower: number;
  readonly upper: number;
  /** Resolution: the smallest difference that these cases and runs can tell from none. */
  readonly smallest: number;
  readonly belowNoise: boolean;
  /** In words, for people. */
  readonly verdict: string;
}

/**
 * Is one method better than another? Two things are chance: which patients the target holds, and which cases and
 * seed the models were trained with. Their variances are added: the jackknife's over cases, and that of the runs of
 * each source, raised because their training sets overlap. A source with a single run takes the variance of the
 * others. Degrees of freedom by Satterthwaite. Either test alone takes the other's noise for an effect.
 *
 * @throws SurvivalError for a number that is not finite, or no variance at all with a difference above 0.
 * @source Nadeau and Bengio 2003 (variance of runs); Efron and Stein 1981 (of cases); Satterthwaite 1946.
 */
export function pairedDifference(parts: DifferenceParts, confidence = 0.95): PairedDifference {
  const { difference, caseDeviation, cases, events, trainings, testShare } = parts;
  const numbers = trainings.flatMap(({ share, runs }) => [share, ...runs]);
  if (![difference, caseDeviation, testShare, ...numbers].every(Number.isFinite)) {
    throw new SurvivalError('paired difference', 'a difference or its deviation is not a finite number');
  }
  const trained = trainingVariances(trainings, testShare);
  const byRun = trained.reduce((sum, one) => sum + one.variance, 0);
  const variance = caseDeviation ** 2 + byRun;
  if (variance === 0 && difference !== 0) {
    throw new SurvivalError('paired difference', 'it has no spread, over cases or over runs');
  }
  const spread = trained.reduce(
    (sum, one) => sum + one.variance ** 2 / one.degrees,
    caseDeviation ** 4 / (cases - 1),
  );
  const degrees = variance === 0 ? cases - 1 : variance ** 2 / spread;
  const deviation = Math.sqrt(variance);
  const smallest = variance === 0 ? 0 : studentQuantile(0.5 + confidence / 2, degrees) * deviation;
  return {
    difference,
    deviation,
    caseDeviation,
    ...(trained.length > 0 && { trainingDeviation: Math.sqrt(byRun) }),
    degrees,
    p: variance === 0 ? 1 : Math.min(1, 2 * studentTail(Math.abs(difference) / deviation, degrees)),
    lower: difference - smallest,
    upper: difference + smallest,
    smallest,
    belowNoise: difference === 0 || Math.abs(difference) < smallest,
    verdict: noiseInWords(difference, smallest, `${cases} cases and ${events} events`),
  };
}

/** Variance that each source's runs bring into the difference; none where no source has two runs. */
function trainingVariances(trainings: readonly Training[], testShare: number) {
  const degrees = trainings.reduce((sum, { runs }) => sum + Math.max(0, runs.length - 1), 0);
  if (degrees === 0) return [];
  const pooled = trainings.reduce((sum, { runs }) => sum + squaresOf(runs), 0) / degrees;
  return trainings.map(({ share, runs }) => {
    const single = runs.length < 2;
    const own = single ? pooled : squaresOf(runs) / (runs.length - 1);
    return {
      variance: share ** 2 * (1 / Math.max(1, runs.length) + testShare) * own,
      degrees: single ? degrees : runs.length - 1,
    };
  });
}

function squaresOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
