import { DataError } from '../dataError.js';
import { parseTable, type TextTable } from '../tables/textTable.js';

/**
 * Gene sets by name, in the order of the file: a `.gmt` file, a CSV with a column a set, ragged, where empty
 * cells pad the shorter ones, or a composition: a row a gene, a column a set, 1 where the gene is in it.
 *
 * @throws DataError for a set without genes, a name that occurs twice, or a malformed line.
 * @source GMT: Broad Institute, data formats (name, description, genes, separated by tabs).
 */
export function readSignatures(bytes: Uint8Array, path: string): Map<string, string[]> {
  return /\.gmt$/i.test(path) ? fromGmt(bytes, path) : fromColumns(bytes, path);
}

function fromColumns(bytes: Uint8Array, path: string): Map<string, string[]> {
  const table = parseTable(bytes, path);
  if (['', 'gene'].includes(table.names[0]!)) return fromComposition(table);
  return new Map(table.names.map((name) => [name, genesOf(table.column(name), `${path}, column ${name}`)]));
}

/** As `combine_comps.csv`: the first column names the gene. */
function fromComposition(table: TextTable): Map<string, string[]> {
  const genes = table.column(table.names[0]!);
  return new Map(
    table.names.slice(1).map((name) => {
      const cells = table.column(name);
      const wrong = cells.findIndex((cell) => cell !== '0' && cell !== '1');
      if (wrong >= 0) {
        throw new DataError(
          table.where(wrong),
          `${genes[wrong]} in ${name} is "${cells[wrong]}", expected 0 or 1`,
        );
      }
      const members = genes.filter((_, row) => cells[row] === '1');
      return [name, genesOf(members, `${table.path}, column ${name}`)];
    }),
  );
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
