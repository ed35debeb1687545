import { DataError } from '../dataError.js';
import { conflictOf, type Manifest, type ManifestEntry } from './manifest.js';

/** Which files of a manifest are wanted; all conditions have to hold. */
export interface ManifestFilter {
  /** UUIDs, in either case. */
  readonly ids?: Iterable<string>;
  /** A name in which `*` stands for any characters, such as `*.svs`; letters in either case. */
  readonly filename?: string;
  /** Bytes; a file of unknown size is left out. */
  readonly maxSize?: number;
  /** Values allowed in further columns, such as `project_id`. */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
}

/**
 * The files of a manifest that are wanted, in its order.
 *
 * @throws DataError if a column is asked for that no entry has.
 */
export function filterManifest(manifest: Manifest, filter: ManifestFilter): Manifest {
  const { filename, maxSize } = filter;
  const ids = filter.ids && new Set([...filter.ids].map((id) => id.toLowerCase()));
  const columns = Object.entries(filter.columns ?? {});
  for (const [name] of columns) {
    if (manifest.entries.some(({ extra }) => extra.has(name))) continue;
    const there = new Set(manifest.entries.flatMap(({ extra }) => [...extra.keys()]));
    throw new DataError(
      manifest.source,
      `no column ${name}; further columns: ${[...there].join(', ') || 'none'}`,
    );
  }
  const entries = manifest.entries.filter(
    (entry) =>
      (!ids || ids.has(entry.id)) &&
      (filename === undefined || matchesName(entry.filename, filename)) &&
      (maxSize === undefined || (entry.size !== undefined && entry.size <= maxSize)) &&
      columns.every(([name, values]) => values.includes(entry.extra.get(name) ?? '')),
  );
  return { ...manifest, entries };
}

/**
 * The files of several manifests, each once, in the order in which they appear. A fact that one manifest lacks
 * is taken from the other.
 *
 * @throws DataError if two manifests disagree on a file's md5, size or name: they are of two releases; see
 *   `diffManifests`.
 */
export function joinManifests(manifests: readonly Manifest[]): Manifest {
  const joined = new Map<string, { entry: ManifestEntry; source: string }>();
  for (const { entries, source } of manifests) {
    for (const entry of entries) {
      const known = joined.get(entry.id);
      const conflict = known && conflictOf(known.entry, entry);
      if (conflict) {
        throw new DataError(
          `${source}, line ${entry.line}`,
          `${entry.id} has another ${conflict} in ${known.source}, line ${known.entry.line}; are they of one release?`,
        );
      }
      const merged = known && {
        ...entry,
        ...known.entry,
        extra: new Map([...entry.extra, ...known.entry.extra]),
      };
      joined.set(entry.id, { entry: merged ?? entry, source: known?.source ?? source });
    }
  }
  return {
    source: manifests.map(({ source }) => source).join(' + '),
    entries: [...joined.values()].map(({ entry }) => entry),
    notes: manifests.flatMap(({ source, notes }) => notes.map((note) => `${source}: ${note}`)),
  };
}

/** Greedy from the left, so that a pattern of many stars takes no longer than a short one. */
function matchesName(name: string, pattern: string): boolean {
  const [first, ...rest] = pattern.toLowerCase().split('*');
  const text = name.toLowerCase();
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first!) || text.length < first!.length + last.length) return false;
  let at = first!.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length && text.endsWith(last);
}
