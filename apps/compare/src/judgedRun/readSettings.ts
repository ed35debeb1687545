import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type { Setting } from './facts.js';

/** A configuration is short; more than that is data. */
const LARGEST = 2 ** 22;

/**
 * Everything that a JSON or YAML file says, leaf by leaf. A list of plain values is one leaf.
 *
 * @param file as evidence names it.
 * @throws Error if it is too long, or no JSON and no YAML, with the place.
 */
export function readSettings(path: string, file: string): Setting[] {
  const text = readFileSync(path, 'utf8');
  if (text.length > LARGEST) throw new Error(`has ${text.length} characters; a configuration is shorter`);
  if (path.endsWith('.json')) return leaves(JSON.parse(text.replace(/\bNaN\b/g, 'null')), file);
  const document = parseDocument(text, { logLevel: 'silent', uniqueKeys: true });
  const [fault] = document.errors;
  if (fault) throw new Error(fault.message.split('\n')[0]!);
  return leaves(document.toJS({ maxAliasCount: 100 }), file);
}

function leaves(value: unknown, file: string, path: readonly string[] = []): Setting[] {
  const plain = (one: unknown) => typeof one !== 'object' || one === null;
  if (plain(value) || (Array.isArray(value) && value.every(plain))) {
    const key = path.join('.');
    return path.length === 0 ? [] : [{ key, value, from: `${file}: ${key}` }];
  }
  return Object.entries(value as object).flatMap(([name, one]) => leaves(one, file, [...path, name]));
}
