import { readFileSync } from 'node:fs';
import type { TextTable } from '@concord/data';
import { parseDocument } from 'yaml';
import type { Setting } from './facts.js';

/** A configuration is short; more than that is data. */
const LARGEST = 2 ** 22;

/**
 * Everything that a JSON or YAML file says, or a dictionary that Python printed (.txt), leaf by leaf. A list of plain values is one leaf.
 *
 * @param file as evidence names it.
 * @throws Error if it is too long, or no JSON and no YAML, with the place.
 */
export function readSettings(path: string, file: string): Setting[] {
  const text = readFileSync(path, 'utf8');
  if (text.length > LARGEST) throw new Error(`has ${text.length} characters; a configuration is shorter`);
  if (path.endsWith('.json')) return leaves(JSON.parse(text.replace(/\bNaN\b/g, 'null')), file);
  const document = parseDocument(path.endsWith('.txt') ? fromPython(text) : text, {
    logLevel: 'silent',
    uniqueKeys: true,
  });
  const [fault] = document.errors;
  if (fault) throw new Error(fault.message.split('\n')[0]!);
  return leaves(document.toJS({ maxAliasCount: 100 }), file);
}

/** A dictionary as Python prints it, in the words of YAML. Brackets inside of quotes turn, too, and harm nothing. */
function fromPython(text: string): string {
  return text
    .replace(/\bNone\b/g, 'null')
    .replaceAll('(', '[')
    .replaceAll(')', ']');
}

/** A table of results, a row a fold: each cell is a setting, whose key has the row, or its fold, and the column. */
export function settingsOfTable(table: TextTable, file: string): Setting[] {
  const fold = table.names.find((name) => /^(fold|split)s?$/i.test(name));
  const rows = fold === undefined ? undefined : table.column(fold);
  return table.names.flatMap((name) =>
    table.column(name).map((value, i) => {
      const key = `${rows ? `fold_${rows[i]}` : i}.${name}`;
      return { key, value, from: `${table.where(i).replace(table.path, file)}: ${key}` };
    }),
  );
}

function leaves(value: unknown, file: string, path: readonly string[] = []): Setting[] {
  const plain = (one: unknown) => typeof one !== 'object' || one === null;
  if (plain(value) || (Array.isArray(value) && value.every(plain))) {
    const key = path.join('.');
    return path.length === 0 ? [] : [{ key, value, from: `${file}: ${key}` }];
  }
  return Object.entries(value as object).flatMap(([name, one]) => leaves(one, file, [...path, name]));
}
