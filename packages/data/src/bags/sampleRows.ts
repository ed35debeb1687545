import { stream } from '../normalStream.js';
import { BagError } from './bagError.js';

/**
 * Draw rows of a bag without replacement: every set of that size is equally likely, the same seed gives the
 * same set.
 *
 * @param n how many; all rows if there are not more.
 * @param rows rows of the bag.
 * @param seed a number, or a text that names the draw (`7/slide/epoch 3`).
 * @returns [min(n, rows)] row numbers, ascending.
 * @source selection sampling, Knuth, TAOCP 2, 3.4.2, algorithm S.
 */
export function sampleRows(n: number, rows: number, seed: number | string): Uint32Array {
  for (const [name, value] of Object.entries({ n, rows })) {
    if (Number.isSafeInteger(value) && value >= 0 && value < 2 ** 32) continue;
    throw new BagError('bad-request', 'sampleRows', `${name} is ${value}, expected a whole number from 0`);
  }
  const chosen = new Uint32Array(Math.min(n, rows));
  const draws = stream(`rows/${seed}`);
  for (let row = 0, found = 0; found < chosen.length; row += 1) {
    if ((rows - row) * draws.uniform() < chosen.length - found) {
      chosen[found] = row;
      found += 1;
    }
  }
  return chosen;
}
