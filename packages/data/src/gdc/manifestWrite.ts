import writeFileAtomic from 'write-file-atomic';
import type { ManifestEntry } from './manifest.js';

const COLUMNS = ['id', 'filename', 'md5', 'size', 'state'] as const;

/**
 * The text of a manifest as the GDC writes it, which the official client reads, too: five columns, then all
 * others that any entry has; `NA` where an entry lacks one of those.
 */
export function formatManifest(entries: readonly ManifestEntry[]): string {
  const others = [...new Set(entries.flatMap(({ extra }) => [...extra.keys()]))];
  const rows = entries.map((entry) => [
    ...COLUMNS.map((column) => String(entry[column] ?? '')),
    ...others.map((name) => entry.extra.get(name) ?? 'NA'),
  ]);
  return [[...COLUMNS, ...others], ...rows].map((row) => `${row.map(oneCell).join('\t')}\n`).join('');
}

/** Values may come from a server: a tab or a line end in one would become another column or row. */
function oneCell(value: string): string {
  return value.replaceAll(/[\t\r\n]+/g, ' ');
}

/** Write a manifest whole or not at all. */
export async function writeManifest(path: string, entries: readonly ManifestEntry[]): Promise<void> {
  await writeFileAtomic(path, formatManifest(entries));
}
