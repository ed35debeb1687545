/** Something is missing on this machine: the message is one sentence that says what to install or do. Exit code 2. */
export class SetupProblem extends Error {
  /**
   * @param {string} message
   * @param {ErrorOptions} [options]
   */
  constructor(message, options) {
    super(message, options);
    this.name = 'SetupProblem';
  }
}
