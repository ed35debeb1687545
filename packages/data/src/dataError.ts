/** Something is wrong with data on disk or with what was asked of it: where, what, and what to do. */
export class DataError extends Error {
  override readonly name = 'DataError';

  constructor(
    /** File, with line or column where there is one. */
    readonly where: string,
    problem: string,
  ) {
    super(`${where}: ${problem}`);
  }
}
