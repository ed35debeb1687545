import { existsSync, readFileSync } from 'node:fs';
import { slideOf } from './bags/findBags.js';
import { readTable } from './tables/textTable.js';
import { DataError } from './dataError.js';

/**
 * Slides by name, endings of slide files left out: the column `slide_id` of a CSV table such as SurvPath's
 * metadata, or a text file with one slide a line.
 *
 * @throws DataError if the file is missing, empty, or a table without that column.
 */
export function readSlideList(path: string): string[] {
  if (!existsSync(path)) throw new DataError(path, 'no such file');
  const names = /\.csv$/i.test(path)
    ? readTable(path).column('slide_id')
    : readFileSync(path, 'utf8')
        .replace(/^\uFEFF/, '')
        .split(/\r?\n/);
  const slides = [...new Set(names.map((name) => slideOf(name)).filter((name) => name !== ''))];
  if (slides.length === 0) throw new DataError(path, 'names no slide');
  return slides;
}
