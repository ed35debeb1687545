import { censoringDistribution, inverseProbability } from './censoring.js';
import { requireFollowUp, requireRisks, type FollowUp } from './followUp.js';
import { kaplanMeier, survivalAt } from './kaplanMeier.js';
import { SurvivalError } from './survivalError.js';
import { requireTimes } from './timeGrid.js';

/** Risks closer than this are one threshold. */
const TIED = 1e-8;

/** Area under the curve at each time, and its mean over them. */
export interface CumulativeAuc {
  readonly auc: readonly number[];
  /** Weighted by how much the test cases' survival falls from one time to the next. */
  readonly mean: number;
}

/**
 * Cumulative/dynamic AUC: at each time, how well the risk tells those who had the event by then (weighted 1 /
 * G(T)) from those still free of it.
 *
 * @throws SurvivalError for a time without a case or without a control, or as `brierScore`.
 * @source Lambert and Chevret 2016; scikit-survival 0.28.0, `cumulative_dynamic_auc`.
 */
export function cumulativeAuc(
  training: FollowUp,
  test: FollowUp,
  risks: ArrayLike<number>,
  times: readonly number[],
): CumulativeAuc {
  const name = 'cumulative/dynamic AUC';
  requireFollowUp(name, test);
  requireRisks(name, risks, test.times.length);
  requireTimes(name, times, test);
  const censoring = censoringDistribution(training, name);
  const order = Int32Array.from({ length: risks.length }, (_, i) => i).sort((a, b) => risks[a]! - risks[b]!);
  const auc = times.map((time) => aucAt(time));
  const curve = kaplanMeier(test);
  const survival = times.map((time) => survivalAt(curve, time));
  const falls = survival.map((value, k) => (k === 0 ? 1 : survival[k - 1]!) - value);
  const total = 1 - survival.at(-1)!;
  if (times.length > 1 && total === 0)
    throw new SurvivalError(name, 'no event until the last time; nothing to average');
  const mean =
    times.length === 1 ? auc[0]! : auc.reduce((sum, value, k) => sum + value * falls[k]!, 0) / total;
  return { auc, mean };

  function aucAt(time: number): number {
    let [cases, controls, area, lower] = [0, 0, 0, 0];
    for (let at = 0; at < order.length;) {
      let [tiedCases, tiedControls] = [0, 0];
      let next = at;
      do {
        const i = order[next]!;
        if (test.times[i]! > time) tiedControls += 1;
        else if (test.events[i]) tiedCases += inverseProbability(censoring, test.times[i]!, name);
        next += 1;
      } while (next < order.length && risks[order[next]!]! - risks[order[next - 1]!]! <= TIED);
      area += tiedCases * (lower + tiedControls / 2);
      cases += tiedCases;
      controls += tiedControls;
      lower += tiedControls;
      at = next;
    }
    if (cases === 0) throw new SurvivalError(name, `no event until time ${time}`);
    if (controls === 0) throw new SurvivalError(name, `nobody is followed beyond time ${time}`);
    return area / (cases * controls);
  }
}
