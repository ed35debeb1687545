/** Something about the data, the plan or a checkpoint that training cannot go on with. */
export class TrainingError extends Error {
  override readonly name: string = 'TrainingError';
}

/** A loss or a weight that is not finite; nothing was changed by the step that showed it. */
export class DivergedError extends TrainingError {
  override readonly name = 'DivergedError';
}
