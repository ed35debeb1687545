import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../dataError.js';
import type { TextTable } from '../tables/textTable.js';
import type { StarFile } from './readStarCounts.js';

/**
 * The STAR counts files that a sample sheet of the GDC portal lists, as `concord data download` or the official
 * client laid them down: `<folder>/<file id>/<file name>`. The sheet alone knows whose sample a file is.
 *
 * @throws DataError if a column or a file is missing, or the sheet lists no counts files.
 */
export async function openStarFolder(sheet: TextTable, folder: string): Promise<StarFile[]> {
  const [ids, names, samples] = ['File ID', 'File Name', 'Sample ID'].map((column) => sheet.column(column));
  const rows = ids!.flatMap((id, row) =>
    names![row]!.endsWith('star_gene_counts.tsv') ? [{ id, name: names![row]!, sample: samples![row]! }] : [],
  );
  if (rows.length === 0) throw new DataError(sheet.path, 'lists no file named *star_gene_counts.tsv');
  return Promise.all(
    rows.map(async ({ id, name, sample }) => {
      const path = join(folder, id, name);
      const bytes = await readFile(path).catch(() => {
        throw new DataError(path, `is not there, but ${sheet.path} lists it; download it`);
      });
      return { path, bytes, barcode: sample };
    }),
  );
}
