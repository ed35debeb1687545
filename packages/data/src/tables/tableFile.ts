import { readFile } from 'node:fs/promises';
import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';
import { DataError } from '../dataError.js';
import { parseTable, type TableForm, type TextTable } from './textTable.js';
import { STRANGE_RATIO, unzipOnly } from './unzipOnly.js';
import { isWorkbook, readWorkbook } from './xlsxTable.js';

/** No table of this field is larger unpacked: BRCA with 60,660 genes a case has about 600 MB. */
export const LARGEST_TABLE = 2 ** 30;

/**
 * Read a table from a plain, zipped or gzipped file or a workbook; which one, its bytes say, not its name (the
 * tables that PORPOISE calls `.csv.zip` are zip files whose member is called `.csv.zip` as well, and is a CSV).
 *
 * @throws DataError if it is missing, unpacks to more than `LARGEST_TABLE` or suspiciously much, or is malformed.
 */
export async function readTableFile(path: string, form: TableForm = {}): Promise<TextTable> {
  if (await isWorkbook(path)) return readWorkbook(path, form.sheet);
  return parseTable(await unpacked(path), path, form);
}

/** The bytes of a file, unpacked if it is a zip with one member or a gzip. */
export async function unpacked(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new DataError(path, error.code === 'ENOENT' ? 'no such file' : error.message);
  });
  if (bytes.length >= 4 && bytes.readUInt32LE(0) === 0x04034b50) return unzipOnly(path, LARGEST_TABLE);
  if (bytes.length >= 2 && bytes.readUInt16LE(0) === 0x8b1f) {
    // A gzip does not say how large it is, so that it is stopped where it goes too far.
    const most = Math.min(LARGEST_TABLE, STRANGE_RATIO * Math.max(bytes.length, 1024));
    return promisify(gunzip)(bytes, { maxOutputLength: most }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ERR_BUFFER_TOO_LARGE') {
        throw new DataError(path, `cannot be unpacked (${error.message})`);
      }
      throw new DataError(path, `unpacks ${bytes.length} bytes to more than ${most}; that is no table`);
    });
  }
  return bytes;
}
