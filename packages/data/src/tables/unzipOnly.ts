import { openBytes } from '../bags/fileBytes.js';
import { listZip, readMember } from '../bags/zipMembers.js';
import { DataError } from '../dataError.js';

/** Deflate reaches about 1000 : 1 on zeros; text tables stay below 30 : 1. */
export const STRANGE_RATIO = 200;

/**
 * The only member of a zip file, unpacked in one piece: a stream of small ones takes three times as long.
 *
 * @param limit largest size in bytes that is unpacked.
 * @throws DataError if it is no zip, has other than one member, claims or reaches more than `limit`, packs
 *   suspiciously well, or its checksum is wrong.
 */
export async function unzipOnly(path: string, limit: number): Promise<Uint8Array> {
  const file = openBytes(path);
  try {
    const members = [...(await listZip(file)).values()];
    if (members.length !== 1) throw new DataError(path, `holds ${members.length} files, expected one table`);
    const member = members[0]!;
    const { size, packed } = member;
    if (size > limit || size > STRANGE_RATIO * Math.max(packed, 1024)) {
      throw new DataError(path, `would unpack ${packed} bytes to ${size}; that is no table of this kind`);
    }
    return readMember(file, member, limit);
  } finally {
    file.close();
  }
}
