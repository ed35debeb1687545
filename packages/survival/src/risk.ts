/**
 * Discrete survival and risk from hazard logits, as the published code has them: hₜ = sigmoid(logitₜ),
 * S(t) = Π (1 − h), risk = −Σ S(t).
 *
 * @param logits [bins] of one case.
 * @source mahmoodlab/SurvPath@3f73ddd, utils/core_utils.py, `_calculate_risk`.
 */
export function riskOfLogits(logits: ArrayLike<number>): { risk: number; survival: number[] } {
  const survival: number[] = [];
  let free = 1;
  let risk = 0;
  for (let t = 0; t < logits.length; t++) {
    free *= 1 / (1 + Math.exp(logits[t]!));
    survival.push(free);
    risk -= free;
  }
  return { risk, survival };
}
