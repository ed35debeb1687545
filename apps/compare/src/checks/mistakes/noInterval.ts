import { concordanceInterval } from '../../train/concordanceInterval.js';
import { judgedGroups } from '../../judgedRun/index.js';
import { cannot, found, notFound, table, type RunCheck } from '../check.js';

/** A C-index alone does not say what it is worth. */
export const noInterval: RunCheck = {
  id: 'no-interval',
  mistake: 'A C-index is reported without an interval.',
  effect:
    'With 70 cases and a third of them events, two models whose C differ by 0.05 are usually one: nobody can see that.',
  remedy: 'Report the interval over resampled cases beside it, and of a difference that of the difference.',
  judge(run) {
    const { cindex, interval, lowerBound, spread } = run.facts;
    const [given] = [...interval, ...lowerBound];
    if (cindex.length === 0) {
      return cannot('no C-index is reported', 'put result.json there, with c_index and its interval');
    }
    if (given) return notFound(`${given.from} gives one`);
    if (spread.length > 0) {
      return notFound(
        `${spread[0]!.from} gives a spread; over folds or seeds, it does not say what other cases would do`,
      );
    }
    const rows = judgedGroups(run).flatMap(({ name, judged }) => {
      const times = judged.map(({ time }) => time);
      const found = concordanceInterval(
        { times, events: judged.map(({ event }) => event) },
        judged.map(({ risk }) => risk),
      );
      return found ? [[name, judged.length, ...found.map((bound) => Number(bound.toFixed(3)))]] : [];
    });
    return found(
      `${cindex[0]!.from} is ${cindex[0]!.value}, without one`,
      table(
        'The interval that its risks give (95 %, 1,000 resamples of the cases)',
        ['risks', 'cases', 'from', 'to'],
        rows,
      ),
    );
  },
};
