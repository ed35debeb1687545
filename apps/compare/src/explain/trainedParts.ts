import type { Change, ChangeName } from './change.js';
import type { ComparedRun, JudgedRow, Measure } from './comparedRun.js';
import type { MadeDifference, Part } from './explanation.js';
import type { FoundChanges } from './findChanges.js';
import type { Retrained } from './retrain.js';
import { measureC } from './measureC.js';
import type { TrainingGroup } from './trainingGroups.js';

/** Put what was trained in the place of other risks, where every combination was. */
export function withTrained(
  found: FoundChanges,
  { groups, rows }: Retrained,
  made: readonly MadeDifference[],
): FoundChanges {
  const whole = rows.size === Math.max(0, 2 ** groups.length - 2);
  if (groups.length === 0 || !whole || !found.changes.some(({ name }) => name === 'risks')) return found;
  const changes = found.changes.flatMap((change): Change[] =>
    change.name === 'risks'
      ? groups.map((group) => ({ name: nameOf(group), words: wordsOf(group, made) }))
      : [change],
  );
  const trained = new Map(
    [...rows].map(
      ([set, judged]) => [set, new Map(judged.map(({ caseId, risk }) => [caseId, risk]))] as const,
    ),
  );
  return { ...found, changes, two: { ...found.two, changes: changes.map(({ name }) => name), trained } };
}

function nameOf({ name }: TrainingGroup): ChangeName {
  return `trained ${name}`;
}

function wordsOf({ name, covers }: TrainingGroup, made: readonly MadeDifference[]): string {
  const said = made
    .filter((one) => covers(keyOf(one)))
    .map(({ name: what, a, b }) => `A has ${what} ${a ?? 'not set'}, B ${b ?? 'not set'}`);
  return said.length > 0 ? said.join('; ') : `the trainings differ in ${name}`;
}

/** The key of config.json that a difference stands at. */
function keyOf({ where }: MadeDifference): string {
  return where[0]!.slice(where[0]!.lastIndexOf(': ') + 2);
}

/** What the figures of trainings are computed of. */
interface Trainings {
  readonly a: ComparedRun;
  readonly b: ComparedRun;
  readonly measure: Measure;
  /** Those of `withTrained`, if every combination was trained. */
  readonly parts: readonly Part[];
}

/** Differences of how the runs were made, with what each moves when it was trained. */
export function withFigures(
  made: readonly MadeDifference[],
  { groups, rows }: Retrained,
  { a, b, measure, parts }: Trainings,
): MadeDifference[] {
  const all = 2 ** groups.length - 1;
  const c = (of: ComparedRun, judged?: readonly JudgedRow[]) => {
    const risks = new Map((judged ?? of.rows).map(({ caseId, risk }) => [caseId, risk]));
    if (of.rows.some(({ caseId }) => !risks.has(caseId))) return undefined;
    return measureC(
      of.rows.map((row) => ({ ...row, risk: risks.get(row.caseId)! })),
      measure,
    );
  };
  const less = (to: number | undefined, from: number | undefined) =>
    to === undefined || from === undefined ? null : to - from;
  return made.map((one) => {
    const at = groups.findIndex(({ covers }) => covers(keyOf(one)));
    if (at < 0) return one;
    const part = parts.find(({ name }) => name === nameOf(groups[at]!));
    if (part) return { ...one, trained: { alone: part.alone, last: part.last, share: part.share } };
    const [first, last] = [rows.get(1 << at), rows.get(all ^ (1 << at))];
    if (!first || !last) return one;
    return { ...one, trained: { alone: less(c(a, first), c(a)), last: less(c(b), c(b, last)), share: null } };
  });
}
