/** How many cases were left after one join, and which were not. */
export interface AttritionStep {
  /** What a case had to have to come this far. */
  readonly step: string;
  readonly kept: number;
  readonly dropped: readonly string[];
}

/**
 * Walk cases through a chain of conditions; each step sees what the one before kept.
 *
 * @param first what the cases come from.
 * @param steps name, and which cases pass.
 */
export function attrition(
  first: string,
  cases: readonly string[],
  steps: readonly (readonly [step: string, passes: (caseId: string) => boolean])[],
): { kept: string[]; chain: AttritionStep[] } {
  const chain: AttritionStep[] = [{ step: first, kept: cases.length, dropped: [] }];
  let kept = [...cases];
  for (const [step, passes] of steps) {
    const dropped = kept.filter((caseId) => !passes(caseId));
    kept = kept.filter(passes);
    chain.push({ step, kept: kept.length, dropped });
  }
  return { kept, chain };
}
