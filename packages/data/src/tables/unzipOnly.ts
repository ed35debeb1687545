import { crc32 } from 'node:zlib';
import { promisify } from 'node:util';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { DataError } from '../dataError.js';

/** Deflate reaches about 1000 : 1 on zeros; text tables stay below 30 : 1. */
const STRANGE_RATIO = 200;

const open = promisify<string, yauzl.Options, ZipFile>(yauzl.open);

/**
 * The only member of a zip file, unpacked.
 *
 * @param limit largest size in bytes that is unpacked.
 * @throws DataError if it is no zip, has other than one member, claims or reaches more than `limit`, packs
 *   suspiciously well, or its checksum is wrong.
 */
export async function unzipOnly(path: string, limit: number): Promise<Uint8Array> {
  const refuse = (error: unknown): never => {
    if (error instanceof DataError) throw error;
    throw new DataError(path, `cannot be unzipped (${(error as Error).message})`);
  };
  const zip = await open(path, { lazyEntries: true, autoClose: false }).catch(refuse);
  try {
    if (zip.entryCount !== 1) throw new DataError(path, `holds ${zip.entryCount} files, expected one table`);
    const entry = await firstEntry(zip);
    const { uncompressedSize: size, compressedSize: packed } = entry;
    if (size > limit || size > STRANGE_RATIO * Math.max(packed, 1024)) {
      throw new DataError(path, `would unpack ${packed} bytes to ${size}; that is no table of this kind`);
    }
    return await content(zip, entry);
  } catch (error) {
    return refuse(error);
  } finally {
    zip.close();
  }
}

function firstEntry(zip: ZipFile): Promise<Entry> {
  return new Promise((resolve, reject) => {
    zip
      .once('entry', resolve)
      .once('error', reject)
      .once('end', () => reject(new Error('no member')));
    zip.readEntry();
  });
}

/** yauzl itself refuses a stream that is longer or shorter than the member claims. */
async function content(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  const stream = await promisify<Entry, NodeJS.ReadableStream>((one, done) => zip.openReadStream(one, done))(
    entry,
  );
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (crc32(bytes) !== entry.crc32) throw new Error('checksum is wrong: the file is damaged');
  return bytes;
}
