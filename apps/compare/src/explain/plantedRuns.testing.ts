import { uniformStream } from '@concord/nn';
import type { ComparedRun, JudgedRow, Measure } from './comparedRun.js';
import type { ChangeName } from './change.js';

/** A run whose measure its files state. */
export interface PlantedRun {
  readonly rows: readonly JudgedRow[];
  readonly measure: Measure;
}

/** A difference to plant: what it makes of a run. Those of different names can be made in any order. */
export interface Plant {
  readonly name: ChangeName;
  readonly of: (run: PlantedRun) => PlantedRun;
}

const HARRELL: Measure = { metric: 'harrell', ties: 'scikit-survival', folds: 'pooled' };

/** A run with a signal, a third of its cases censored, two folds on scales of their own, and risks that nearly tie. */
export function plainRun(seed: number, cases = 60): PlantedRun {
  const draw = uniformStream(`planted/${seed}`);
  const rows = Array.from({ length: cases }, (_, i): JudgedRow => {
    const level = Math.floor(8 * draw());
    const fold = draw() < 0.5 ? 'one' : 'two';
    return {
      caseId: `case-${i}`,
      fold,
      time: Number((-Math.log(1 - draw()) * 40 * Math.exp(-0.3 * level)).toFixed(3)) + 0.001,
      event: draw() < 2 / 3,
      risk: level + (fold === 'one' ? 2 : 0) + 3e-9 * draw(),
    };
  });
  return { rows, measure: HARRELL };
}

const perRow =
  (name: ChangeName, map: (row: JudgedRow, draw: () => number) => JudgedRow) =>
  (seed: number): Plant => ({
    name,
    of: (run) => {
      // A case's draws hang on its name, so that plants can be made in any order.
      const drawsOf = (row: JudgedRow) => uniformStream(`${name}/${seed}/${row.caseId}`);
      return { ...run, rows: run.rows.map((row) => map(row, drawsOf(row))) };
    },
  });

const measured = (name: ChangeName, change: Partial<Measure>) => (): Plant => ({
  name,
  of: ({ rows, measure }) => ({ rows, measure: { ...measure, ...change } }),
});

/** What can be planted, each by a seed. */
export const PLANTS: readonly ((seed: number) => Plant)[] = [
  (seed) => ({
    name: 'cases of A alone',
    of: ({ rows, measure }) => ({
      rows: rows.filter(({ caseId }) => (Number(caseId.slice(5)) * 31 + seed) % 4 > 0),
      measure,
    }),
  }),
  // Another endpoint: some times differ, and a few events.
  perRow('outcomes', (row, draw) => {
    const time = draw() < 0.25 ? row.time * (0.2 + draw()) : row.time;
    return { ...row, time, event: draw() < 0.04 ? !row.event : row.event };
  }),
  perRow('event flag', (row) => ({ ...row, event: !row.event })),
  perRow('risks', (row, draw) => ({ ...row, risk: row.risk + Math.sign(row.risk) * 4 * draw() })),
  perRow('direction of risk', (row) => ({ ...row, risk: -row.risk })),
  measured('metric', { metric: 'uno' }),
  measured('ties', { ties: 'lifelines' }),
  measured('weighting of folds', { folds: 'mean' }),
];

/** A run as `explainRuns` takes it. */
export function compared(
  name: string,
  { rows, measure }: PlantedRun,
  more: Partial<ComparedRun> = {},
): ComparedRun {
  return { name, judged: '', rows, stated: measure, ...more };
}

/** C by its definition, pair by pair. */
export function naiveC({ rows, measure }: PlantedRun): number {
  if (measure.folds === 'pooled') return pooled(rows, measure);
  const folds = [...new Set(rows.map(({ fold }) => fold))];
  const values = folds.map((fold) =>
    pooled(
      rows.filter((row) => row.fold === fold),
      measure,
    ),
  );
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function pooled(rows: readonly JudgedRow[], { metric, ties }: Measure): number {
  const last = Math.max(...rows.map(({ time }) => time));
  let [won, all] = [0, 0];
  for (const early of rows) {
    if (!early.event || (metric === 'uno' && early.time >= last)) continue;
    const weight = metric === 'uno' ? 1 / uncensored(rows, early.time) ** 2 : 1;
    for (const late of rows) {
      if (late.time < early.time || (late.time === early.time && late.event)) continue;
      const ahead = early.risk - late.risk;
      const tied = metric === 'uno' || ties === 'scikit-survival' ? Math.abs(ahead) <= 1e-8 : ahead === 0;
      all += weight;
      won += weight * (tied ? 0.5 : ahead > 0 ? 1 : 0);
    }
  }
  return won / all;
}

/** Kaplan–Meier of not being censored until after a time; events at a time go first. */
function uncensored(rows: readonly JudgedRow[], time: number): number {
  const times = [...new Set(rows.filter(({ event }) => !event).map((row) => row.time))].filter(
    (t) => t <= time,
  );
  return times.reduce((product, t) => {
    const censored = rows.filter((row) => row.time === t && !row.event).length;
    const risk = rows.filter((row) => row.time > t).length + censored;
    return product * (1 - censored / risk);
  }, 1);
}
