import { crc32, inflateRawSync } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { BagError } from './bagError.js';
import { readPiece, type FileBytes } from './fileBytes.js';

/** One file inside a ZIP archive. */
export interface ZipMember {
  readonly name: string;
  /** Where its bytes begin in the archive, and how many they are there and unpacked. */
  readonly position: number;
  readonly packed: number;
  readonly size: number;
  readonly deflated: boolean;
  /** Of the unpacked bytes. */
  readonly crc32: number;
}

/** More members than any state dict or cohort of arrays has. */
const MAX_MEMBERS = 100_000;

/**
 * Features do not shrink tenfold. Beyond this ratio, and beyond a size that hurts nobody, an archive is a bomb,
 * or holds nothing but one number.
 */
const MAX_RATIO = 100;
const HARMLESS_BYTES = 2 ** 26;

/**
 * List an archive's members. Their places are checked against the archive's size, so that bytes can be read by
 * position afterwards.
 *
 * @throws BagError if the archive is damaged, has encrypted members or two of a name.
 */
export async function listZip(file: FileBytes): Promise<ReadonlyMap<string, ZipMember>> {
  const members = new Map<string, ZipMember>();
  let zip: ZipFile | undefined;
  try {
    zip = await yauzl.fromRandomAccessReaderPromise(new DirectReader(file), file.size, {
      lazyEntries: true,
      autoClose: false,
    });
    if (zip.entryCount > MAX_MEMBERS) {
      throw new BagError('hostile', file.path, `has ${zip.entryCount} members; expected a few`);
    }
    for await (const entry of zip.eachEntry()) {
      const member = await place(file, zip, entry);
      if (members.has(member.name)) {
        throw new BagError('damaged', file.path, `has two members ${member.name}`);
      }
      members.set(member.name, member);
    }
    return members;
  } catch (error) {
    if (error instanceof BagError) throw error;
    throw new BagError(
      'damaged',
      file.path,
      `is no readable ZIP archive (${(error as Error).message}); it is truncated or damaged, copy it again`,
    );
  } finally {
    zip?.close();
  }
}

/**
 * Hands yauzl its bytes at once: an archive of torch.save takes some thirty small reads to list, and each would
 * wait for its turn in the thread pool.
 */
class DirectReader extends yauzl.RandomAccessReader {
  constructor(private readonly file: FileBytes) {
    super();
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null) => void,
  ): void {
    try {
      this.file.read(buffer.subarray(offset, offset + length), position);
    } catch (error) {
      done(error as Error);
      return;
    }
    done(null);
  }

  override close(done: (error: Error | null) => void): void {
    done(null);
  }
}

async function place(file: FileBytes, zip: ZipFile, entry: Entry): Promise<ZipMember> {
  const { fileName: name, compressedSize: packed, uncompressedSize: size, compressionMethod, crc32 } = entry;
  if (entry.isEncrypted()) throw new BagError('unsupported', file.path, `member ${name} is encrypted`);
  if (compressionMethod !== 0 && compressionMethod !== 8) {
    const method = `compression method ${compressionMethod}`;
    throw new BagError('unsupported', file.path, `member ${name} has ${method}; stored and deflate are read`);
  }
  const { fileDataStart: position } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  if (position + packed > file.size) {
    throw new BagError('truncated', file.path, `member ${name} ends behind the archive; copy it again`);
  }
  return { name, position, packed, size, deflated: compressionMethod === 8, crc32 };
}

/**
 * All bytes of a member, unpacked.
 *
 * @param limit a longer member is refused before memory is taken for it.
 */
export function readMember(file: FileBytes, member: ZipMember, limit: number): Uint8Array {
  const { name, size, packed, deflated, position } = member;
  if (size > limit) {
    throw new BagError(
      'hostile',
      file.path,
      `member ${name} claims ${size} bytes, at most ${limit} are read`,
    );
  }
  if (!deflated) return checked(file, member, readPiece(file, position, size));
  if (size > HARMLESS_BYTES && size > packed * MAX_RATIO) {
    throw new BagError(
      'hostile',
      file.path,
      `member ${name} claims to unpack ${packed} bytes to ${size}: a ZIP bomb, or one number repeated`,
    );
  }
  const bytes = inflate(file, member);
  if (bytes.length === size) return checked(file, member, bytes);
  throw new BagError('damaged', file.path, `member ${name} unpacks to ${bytes.length} bytes, not to ${size}`);
}

function checked(file: FileBytes, member: ZipMember, bytes: Uint8Array): Uint8Array {
  if (crc32(bytes) !== member.crc32) throw checksumError(file.path, member.name);
  return bytes;
}

export function checksumError(path: string, member: string): BagError {
  return new BagError(
    'damaged',
    path,
    `member ${member} has not the checksum that was written with it; copy or extract it again`,
  );
}

function inflate(file: FileBytes, { name, position, packed, size }: ZipMember): Uint8Array {
  try {
    return inflateRawSync(readPiece(file, position, packed), { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    if (error instanceof BagError) throw error;
    throw new BagError(
      'damaged',
      file.path,
      `member ${name} cannot be unpacked (${(error as Error).message})`,
    );
  }
}
