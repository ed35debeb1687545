import { DataError } from '../dataError.js';

const [NEWLINE, RETURN] = [0x0a, 0x0d];

/** Where each cell of a table without quotes begins and ends, row after row, the header first. */
export interface PlainCells {
  readonly columns: number;
  readonly rows: number;
  /** [rows × columns + 1]: cell i is bytes[starts[i] … ends(i)). */
  readonly starts: Int32Array;
  /** One past the last byte of a cell. */
  end(cell: number): number;
}

/**
 * Find the cells of a table that holds no quotes, without making text of them: a wide table of numbers is
 * mostly cells that nobody asks for by name.
 *
 * @param from first byte of the header. @param delimiter its code.
 * @throws DataError for a row that is longer or shorter than the header.
 */
export function plainCells(bytes: Uint8Array, from: number, delimiter: number, path: string): PlainCells {
  let end = bytes.length;
  while (end > from && (bytes[end - 1] === NEWLINE || bytes[end - 1] === RETURN || bytes[end - 1] === 0x20))
    end -= 1;
  let columns = 1;
  for (let at = from; at < end && bytes[at] !== NEWLINE; at++) if (bytes[at] === delimiter) columns += 1;
  let starts = new Int32Array(Math.max(1024, columns + 2));
  starts[0] = from;
  let count = 1;
  let row = 0;
  for (let at = from; at <= end; at++) {
    const byte = at === end ? NEWLINE : bytes[at];
    if (byte !== delimiter && byte !== NEWLINE) continue;
    if (byte === NEWLINE) {
      const cells = count - row * columns;
      if (cells !== columns) {
        const problem = `has ${cells} cells, the header has ${columns}`;
        throw new DataError(
          `${path}, line ${row + 1}`,
          `${problem}; the row is ragged or the file is cut off`,
        );
      }
      row += 1;
    }
    if (count === starts.length) {
      const larger = new Int32Array(2 * count);
      larger.set(starts);
      starts = larger;
    }
    starts[count++] = at + 1;
  }
  const found = starts.subarray(0, count);
  return {
    columns,
    rows: row,
    starts: found,
    end(cell) {
      const next = found[cell + 1]! - 1;
      return (cell + 1) % columns === 0 && bytes[next - 1] === RETURN ? next - 1 : next;
    },
  };
}
