import { formatC } from '../crosscancer/report/headline.js';
import { judgedGroups, type FactName, type JudgedRun } from '../judgedRun/index.js';
import { formatPlural } from '../parity/format.js';
import type { ComparedRun } from './comparedRun.js';
import type { JudgedCohort } from './judgedCohort.js';

/** One of the two runs, read. */
export interface ReadRun {
  readonly run: JudgedRun;
  readonly chosen: JudgedCohort;
  readonly compared: ComparedRun;
}

/** What a run should say of how it was made, for the reasons of other risks to be known. */
const WANTED: readonly (readonly [fact: FactName, name: string])[] = [
  ['encoder', 'features'],
  ['bins', 'bins'],
  ['label', 'endpoint'],
  ['epochs', 'epochs'],
  ['selection', 'selection of the epoch'],
  ['seed', 'seed'],
];

/** What a reader has to know of both runs before believing the figures. */
export function remarksOf(a: ReadRun, b: ReadRun): string[] {
  return [...[a, b].flatMap((one, i) => remarksOn('AB'[i]!, one)), ...unsaid(a, b)];
}

function remarksOn(name: string, { run, chosen, compared: { logged, rows } }: ReadRun): string[] {
  const all = chosen.groups.reduce((sum, group) => sum + group.rows.length, 0);
  const others = new Set(
    judgedGroups(run)
      .filter(({ cohort }) => cohort !== chosen.cohort)
      .map(({ cohort }) => cohort),
  );
  const choice = logged && logged.best.c - logged.last.c;
  return [
    ...(all > rows.length
      ? [`${name}: ${formatPlural(all - rows.length, 'row')} without a risk, a time or an event left out.`]
      : []),
    ...(others.size > 0 ? [`${name} also judges ${[...others].join(', ')}; --cohort chooses.`] : []),
    ...(choice !== undefined && choice >= 0.0005
      ? [
          `In the log of ${name} (${logged!.where}) epoch ${logged!.best.epoch}, the best, has ${formatC(logged!.best.c)}, and ${logged!.last.epoch}, the last, ${formatC(logged!.last.c)}: choosing moves up to ${formatC(choice)}.`,
        ]
      : []),
  ];
}

/** What an outsider's files do not say, so that a difference of it cannot be seen. */
function unsaid(a: ReadRun, b: ReadRun): string[] {
  return [a, b].flatMap(({ run }, i) => {
    if (run.form !== 'folder') return [];
    const missing = WANTED.filter(([fact]) => run.facts[fact].length === 0).map(([, name]) => name);
    return missing.length > 0 ? [`${'AB'[i]!} does not say: ${missing.join(', ')}.`] : [];
  });
}
