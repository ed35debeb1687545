import { tryBarcode } from '@concord/data';
import {
  groupConcordance,
  judgedGroups,
  type JudgedRun,
  type Part,
  type RunSplit,
} from '../../judgedRun/index.js';
import { cannot, counted, found, listed, notFound, number, table, type RunCheck } from '../check.js';

const PAIRS: readonly (readonly [Part, Part])[] = [
  ['training', 'validation'],
  ['training', 'test'],
  ['validation', 'test'],
];

/** The same patients on two sides of a split. */
export const validationIsTraining: RunCheck = {
  id: 'validation-is-training',
  mistake: 'Cases that train also validate or test, or those that validate also test.',
  effect:
    'The C-index is in part one of learnt cases: it rises with training and says nothing of new patients.',
  remedy: 'Split patients, not rows or slides, once, and refuse a split whose sides share a patient.',
  judge(run) {
    const splits = run.splits.filter(({ cases }) => sides(cases) > 1);
    if (splits.length === 0)
      return cannot('no split is there', 'put it there, with columns train, val and test');
    const overlaps = splits.flatMap((split) =>
      PAIRS.flatMap(([a, b]) => {
        const [first, second] = [patients(split.cases[a]), patients(split.cases[b])];
        const shared = [...first].filter((id) => second.has(id));
        return shared.length === 0 ? [] : [{ split, a, b, shared, size: second.size }];
      }),
    );
    if (overlaps.length === 0) {
      const names = listed(splits.map(({ from }) => from));
      return notFound(`no patient is on two sides of ${names}`);
    }
    const [first] = overlaps;
    const same = first!.shared.length === first!.size ? ', all of them' : '';
    return found(
      `${first!.split.from}: ${counted(first!.shared.length, 'patient')} of ${first!.b} (${first!.size}${same}) are in ${first!.a}, such as ${first!.shared[0]}`,
      table(
        'On two sides',
        ['split', 'sides', 'patients', 'such as'],
        overlaps.map(({ split, a, b, shared }) => [
          split.from,
          `${a} and ${b}`,
          shared.length,
          shared.slice(0, 3).join(', '),
        ]),
      ),
      ...apart(
        run,
        overlaps.flatMap(({ shared }) => shared),
      ),
    );
  },
};

function sides(cases: RunSplit['cases']): number {
  return Object.values(cases).filter(({ length }) => length > 0).length;
}

/** A patient is the first twelve characters of any TCGA barcode; other names are taken as they are. */
function patients(ids: readonly string[]): Set<string> {
  return new Set(ids.map(patientOf));
}

function patientOf(id: string): string {
  return tryBarcode(id.split('.')[0]!)?.caseId ?? id;
}

/** C of those that are on two sides, and of the rest. */
function apart(run: JudgedRun, shared: readonly string[]) {
  const known = new Set(shared.map((id) => id.split(' ').at(-1)!));
  return judgedGroups(run).flatMap(({ name, judged }) => {
    const [inside, outside] = [true, false].map((wanted) =>
      judged.filter(({ caseId }) => known.has(patientOf(caseId)) === wanted),
    );
    if (inside!.length === 0) return [];
    return [
      number(`C-index of those (${name})`, groupConcordance(inside!)),
      number(`C-index of the others (${name})`, groupConcordance(outside!)),
    ];
  });
}
