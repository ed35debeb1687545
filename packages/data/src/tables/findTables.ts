import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../dataError.js';

const TABLE = /\.((csv|tsv)(\.(zip|gz))?|xlsx)$/i;
/** Clinical files of the GDC's portal; other JSON files are no tables. */
const CLINICAL = /^clinical.*\.json$/i;

/**
 * Tables in folders and what they hold, sorted by path; single files may be named as well, whatever their ending.
 * Hidden files and folders are left out, links to folders are not followed.
 *
 * @param skip files that are something else, as features.
 * @throws DataError if a path does not exist.
 */
export function findTables(
  paths: readonly string[],
  skip: (path: string) => boolean = () => false,
): string[] {
  const found = new Set<string>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (TABLE.test(entry.name) || CLINICAL.test(entry.name)) found.add(path);
    }
  };
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) throw new DataError(path, 'no such file or folder');
    if (stat.isDirectory()) walk(path);
    else if (!skip(path)) found.add(path);
  }
  return [...found].sort();
}
