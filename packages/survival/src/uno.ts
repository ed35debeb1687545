import { censoringDistribution, inverseProbability } from './censoring.js';
import { requireComparable, weighPairs } from './concordance.js';
import type { FollowUp } from './followUp.js';
import { SurvivalError } from './survivalError.js';

/**
 * Uno's concordance index: each comparable pair weighs 1 / G(t)² of its earlier case, so that the answer does
 * not depend on how the test cases were censored.
 *
 * @param training cases that the censoring distribution G is estimated on.
 * @param risks [n] of the test cases: higher = the event comes sooner.
 * @param tau event times strictly below it count; default all.
 * @throws SurvivalError as `concordance`, and where G is 0 or unknown.
 * @source Uno et al. 2011, doi 10.1002/sim.4154; scikit-survival 0.28.0, `concordance_index_ipcw`.
 */
export function unoConcordance(
  training: FollowUp,
  test: FollowUp,
  risks: ArrayLike<number>,
  tau = Infinity,
): number {
  const name = "Uno's concordance index";
  requireComparable(name, test, risks);
  const censoring = censoringDistribution(training, name);
  const pairs = weighPairs(test, risks, 1e-8, (i) =>
    test.times[i]! < tau ? inverseProbability(censoring, test.times[i]!, name) ** 2 : 0,
  );
  const comparable = pairs.concordant + pairs.discordant + pairs.tiedRisk;
  if (comparable === 0) throw new SurvivalError(name, `no pair of cases is comparable before ${tau}`);
  return (pairs.concordant + pairs.tiedRisk / 2) / comparable;
}
