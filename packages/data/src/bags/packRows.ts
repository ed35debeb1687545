import { BagError } from './bagError.js';
import type { FileBytes } from './fileBytes.js';
import { FLOAT_BYTES, widen, type FloatType } from './floatType.js';
import { forEachRun } from './rows.js';

/** Several threads of the system share one bag, piece by piece. */
const PIECE_BYTES = 2 ** 22;

/** Where the rows of a pack lie. */
export interface PackedRows {
  readonly file: FileBytes;
  /** First byte of the features, and what they are. */
  readonly start: number;
  readonly width: number;
  readonly dtype: FloatType;
}

/**
 * Rows of some neighbourhoods of a pack as float32, read by the system's threads while this one computes.
 *
 * @param spans where each slide begins and how many rows it has; rows are counted through all of them.
 * @param rows which of them, in that order; all without.
 * @param into [rows × width] or longer; the result is a view of its beginning.
 * @throws BagError if a row does not exist, `into` is too small, or the file ends early.
 */
export async function loadPackedRows(
  { file, start, width, dtype }: PackedRows,
  spans: readonly { readonly start: number; readonly rows: number }[],
  rows?: Uint32Array,
  into?: Float32Array,
): Promise<Float32Array> {
  const total = spans.reduce((sum, span) => sum + span.rows, 0);
  const beyond = rows?.find((row) => row >= total);
  if (beyond !== undefined) {
    throw new BagError('bad-request', file.path, `there is no row ${beyond}; the bag has ${total}`);
  }
  const count = rows?.length ?? total;
  if (into && into.length < count * width) {
    const room = `into has room for ${into.length} numbers`;
    throw new BagError('bad-request', file.path, `${room}, ${count * width} are read`);
  }
  const values = into?.subarray(0, count * width) ?? new Float32Array(count * width);
  const rowBytes = width * FLOAT_BYTES[dtype];
  const raw =
    dtype === 'float32'
      ? new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
      : new Uint8Array(count * rowBytes);
  const reads: Promise<void>[] = [];
  forEachRun(rows ?? { first: 0, count: total }, (first, length, at) => {
    let offset = 0;
    for (const span of spans) {
      const from = Math.max(first, offset);
      const end = Math.min(first + length, offset + span.rows);
      if (from < end) {
        const position = start + (span.start + from - offset) * rowBytes;
        const target = raw.subarray((at + from - first) * rowBytes, (at + end - first) * rowBytes);
        for (let done = 0; done < target.length; done += PIECE_BYTES) {
          reads.push(file.readBeside(target.subarray(done, done + PIECE_BYTES), position + done));
        }
      }
      offset += span.rows;
    }
  });
  // All of them: the file may be closed, and the memory used again, as soon as this settles.
  const failed = (await Promise.allSettled(reads)).find((read) => read.status === 'rejected');
  if (failed) throw failed.reason;
  if (dtype !== 'float32') widen(dtype, raw, values);
  return values;
}
