import { DataError } from '../dataError.js';
import { parseTable } from '../tables/textTable.js';

/**
 * Gene sets by name, in the order of the file: a `.gmt` file, or a CSV with a column a set, ragged, where
 * empty cells pad the shorter ones.
 *
 * @throws DataError for a set without genes, a name that occurs twice, or a malformed line.
 * @source GMT: Broad Institute, data formats (name, description, genes, separated by tabs).
 */
export function readSignatures(bytes: Uint8Array, path: string): Map<string, string[]> {
  return /\.gmt$/i.test(path) ? fromGmt(bytes, path) : fromColumns(bytes, path);
}

function fromColumns(bytes: Uint8Array, path: string): Map<string, string[]> {
  const table = parseTable(bytes, path);
  return new Map(table.names.map((name) => [name, genesOf(table.column(name), `${path}, column ${name}`)]));
}

function fromGmt(bytes: Uint8Array, path: string): Map<string, string[]> {
  const sets = new Map<string, string[]>();
  const lines = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  lines.forEach((line, i) => {
    if (line.trim() === '') return;
    const where = `${path}, line ${i + 1}`;
    const [name = '', , ...genes] = line.split('\t');
    if (!name.trim()) throw new DataError(where, 'a gene set without a name');
    if (sets.has(name)) throw new DataError(where, `gene set ${name} occurs twice`);
    sets.set(name, genesOf(genes, where));
  });
  if (sets.size === 0) throw new DataError(path, 'holds no gene sets');
  return sets;
}

function genesOf(cells: readonly string[], where: string): string[] {
  const genes = [...new Set(cells.map((cell) => cell.trim()).filter((cell) => cell !== ''))];
  if (genes.length === 0) throw new DataError(where, 'a gene set without genes');
  return genes;
}
