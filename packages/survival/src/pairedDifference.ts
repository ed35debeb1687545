import { studentQuantile, studentTail } from './distributions.js';
import { noiseInWords } from './resolution.js';
import { SurvivalError } from './survivalError.js';

/** What a difference of two methods is made of. */
export interface DifferenceParts {
  /** Mean of the runs' differences on the same cases. */
  readonly difference: number;
  /** Its standard deviation over cases, by the jackknife. */
  readonly caseDeviation: number;
  readonly cases: number;
  readonly events: number;
  /** Difference of each run, such as fold and seed. */
  readonly runs: readonly number[];
  /** Held-out over training cases of a run, as ¼ in five folds. */
  readonly testShare: number;
}

/** A difference judged against both sources of chance. */
export interface PairedDifference {
  readonly difference: number;
  /** Root of the two variances' sum. */
  readonly deviation: number;
  readonly caseDeviation: number;
  /** From the spread of the runs; undefined for a single run, whose training cannot be judged. */
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
 * seed the models were trained with. Their variances are added: the jackknife's over cases, and that of the runs,
 * raised because their training sets overlap. Degrees of freedom by Satterthwaite. Either test alone takes the
 * other's noise for an effect.
 *
 * @throws SurvivalError for a number that is not finite, or no variance at all with a difference above 0.
 * @source Nadeau and Bengio 2003 (variance of runs); Efron and Stein 1981 (of cases); Satterthwaite 1946.
 */
export function pairedDifference(parts: DifferenceParts, confidence = 0.95): PairedDifference {
  const { difference, caseDeviation, cases, events, runs, testShare } = parts;
  if (![difference, caseDeviation, testShare, ...runs].every(Number.isFinite)) {
    throw new SurvivalError('paired difference', 'a difference or its deviation is not a finite number');
  }
  const trained = runs.length < 2 ? undefined : (1 / runs.length + testShare) * varianceOf(runs);
  const [byCase, byRun] = [caseDeviation ** 2, trained ?? 0];
  const variance = byCase + byRun;
  if (variance === 0 && difference !== 0) {
    throw new SurvivalError('paired difference', 'it has no spread, over cases or over runs');
  }
  const spread = byCase ** 2 / (cases - 1) + (trained === undefined ? 0 : byRun ** 2 / (runs.length - 1));
  const degrees = variance === 0 ? cases - 1 : variance ** 2 / spread;
  const deviation = Math.sqrt(variance);
  const smallest = variance === 0 ? 0 : studentQuantile(0.5 + confidence / 2, degrees) * deviation;
  return {
    difference,
    deviation,
    caseDeviation,
    ...(trained !== undefined && { trainingDeviation: Math.sqrt(trained) }),
    degrees,
    p: variance === 0 ? 1 : Math.min(1, 2 * studentTail(Math.abs(difference) / deviation, degrees)),
    lower: difference - smallest,
    upper: difference + smallest,
    smallest,
    belowNoise: difference === 0 || Math.abs(difference) < smallest,
    verdict: noiseInWords(difference, smallest, `${cases} cases and ${events} events`),
  };
}

function varianceOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
