/** A statistic cannot be computed of these data: what is wrong, and what to do. */
export class SurvivalError extends Error {
  override readonly name = 'SurvivalError';

  constructor(
    /** The statistic that was asked for. */
    readonly statistic: string,
    problem: string,
  ) {
    super(`${statistic}: ${problem}`);
  }
}
