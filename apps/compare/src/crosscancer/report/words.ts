import { formatC, formatP } from './headline.js';
import {
  computed,
  type DifferenceRow,
  type NotComputed,
  type StudyReport,
  type WithInterval,
} from './studyReport.js';

/** `0.612 (0.553 to 0.668)`, or a dash. */
export function withIntervalInWords(value: WithInterval | NotComputed): string {
  return computed(value)
    ? `${formatC(value.value)} (${formatC(value.lower)} to ${formatC(value.upper)})`
    : '–';
}

/** `−0.012 (−0.055 to 0.031)`, or a dash. */
export function differenceInWords({ found }: DifferenceRow): string {
  return computed(found)
    ? `${formatC(found.difference)} (${formatC(found.lower)} to ${formatC(found.upper)})`
    : '–';
}

/** `0.540 against 0.537`, or a dash. */
export function bothInWords({ found }: DifferenceRow): string {
  return computed(found) ? `${formatC(found.first)} against ${formatC(found.second)}` : '–';
}

/** What a difference is worth, in a few words. */
export function worthInWords({ found }: DifferenceRow): string {
  if (!computed(found)) return `not computed: ${found.reason}`;
  const resolution = `resolution ${formatC(found.resolution)}`;
  // A single training may be a lucky one, and nothing here would show it.
  const limits =
    found.trainingDeviation === null ? `${resolution}; of one training, not of the method` : resolution;
  if (found.belowNoise) return `below noise (${limits})`;
  const p = `corrected p ${formatP(found.pCorrected)}`;
  if (found.pCorrected >= 0.05) return `not significant, ${p} (${limits})`;
  return `${found.difference > 0 ? 'better' : 'worse'}, ${p} (${limits})`;
}

/** What a reader has to know before believing the numbers. */
export function remarksOf({ study, cells }: StudyReport): string[] {
  const synthetic = study.cohorts.filter((cohort) => cohort.synthetic).map(({ name }) => name);
  const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;
  return [
    ...(synthetic.length > 0
      ? [`Synthetic, at least in part, which says nothing about patients: ${synthetic.join(', ')}.`]
      : []),
    ...(study.notes ?? []),
    ...(cells.broken.length > 0 ? [`${plural(cells.broken.length, 'broken cell')} left out.`] : []),
    ...cells.broken.map(({ path, problem }) => `${path}: ${problem}`),
    ...(cells.unfinished.length > 0
      ? [`${plural(cells.unfinished.length, 'cell')} without a result yet, the first ${cells.unfinished[0]}.`]
      : []),
    ...cells.missing,
  ];
}
