/** The published class fails here, so `released` does: which line of it, and why. */
export class PublishedFailure extends Error {
  override readonly name = 'PublishedFailure';

  constructor(
    /** Line of models/model_SurvPath(MCCSDG).py at HopkinsKwong/MCCSDG@48d5410. */
    readonly line: number,
    readonly where: string,
    readonly why: string,
  ) {
    super(`released: the published class fails in ${where} (line ${line}): ${why}. Use repaired.`);
  }
}
