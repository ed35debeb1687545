import { DataError } from '../dataError.js';

/** What can be wrong with a file of patch features; short and stable, `concord data doctor` prints it. */
export type BagProblem =
  | 'unreadable'
  | 'unknown-format'
  | 'damaged'
  | 'truncated'
  | 'hostile'
  | 'unsupported'
  | 'no-features'
  | 'not-two-dimensional'
  | 'not-floating'
  | 'empty'
  | 'coords-length'
  | 'not-finite'
  | 'mixed'
  | 'bad-request';

/** Something is wrong with a file of patch features. */
export class BagError extends DataError {
  constructor(
    readonly problem: BagProblem,
    where: string,
    text: string,
  ) {
    super(where, text);
  }
}
