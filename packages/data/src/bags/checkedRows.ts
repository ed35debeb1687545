import { crc32 } from 'node:zlib';
import { FLOAT_BYTES } from './floatType.js';
import type { RowSource } from './rows.js';
import { checksumError, type ZipMember } from './zipMembers.js';

/**
 * The same rows, with the archive's checksum tested whenever all of them were read from first to last, in one
 * call or in several. Sampled rows cannot be tested: the checksum is of the whole.
 *
 * @param source rows that lie in the member in one piece, to its last byte.
 * @param before the member's bytes that come before the first row.
 */
export function checkedRows(
  source: RowSource,
  path: string,
  member: ZipMember,
  before: Uint8Array,
): RowSource {
  const rowBytes = source.width * FLOAT_BYTES[source.dtype];
  let next = 0;
  let sum = 0;
  return {
    ...source,
    readRaw(rows, into) {
      source.readRaw(rows, into);
      if (rows instanceof Uint32Array || into.length !== rows.count * rowBytes) return;
      if (rows.first === 0) [next, sum] = [0, crc32(before)];
      if (rows.first !== next) return;
      sum = crc32(into, sum);
      next += rows.count;
      if (next === source.rows && sum !== member.crc32) throw checksumError(path, member.name);
    },
  };
}
