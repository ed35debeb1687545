import { DataError } from '../dataError.js';
import type { Manifest, ManifestEntry } from './manifest.js';
import { isUuid } from './uuid.js';

/** A file that both releases have, with another content or name. */
export interface ChangedFile {
  readonly before: ManifestEntry;
  readonly after: ManifestEntry;
  readonly facts: readonly ('md5' | 'size' | 'filename')[];
}

/** A file whose content lives on under another UUID. */
export interface ReplacedFile {
  readonly before: ManifestEntry;
  readonly newId: string;
  /** Its entry in the later manifest, where that has one. */
  readonly after?: ManifestEntry;
}

/** What changed from one release to another. */
export interface ManifestDiff {
  readonly added: readonly ManifestEntry[];
  readonly removed: readonly ManifestEntry[];
  readonly changed: readonly ChangedFile[];
  readonly replaced: readonly ReplacedFile[];
  /** How many files are the same in both. */
  readonly unchanged: number;
}

/**
 * Compare two releases. Where a table carries `new_id` columns, as those that the GDC publishes with a
 * re-processing do, a file that goes and its successor count as one replaced file.
 *
 * @throws DataError if a `new_id` is no UUID.
 * @source NCI-GDC/gdc-docs@880f321, Data/Release_Notes/GCv36_Manifests: columns new_id, new_md5, new_size.
 */
export function diffManifests(before: Manifest, after: Manifest): ManifestDiff {
  const [old, now] = [byId(before), byId(after)];
  const gone = before.entries.filter(({ id }) => !now.has(id));
  const replaced = gone.flatMap((entry) => {
    const newId = successorOf(entry, before.source);
    const successor = newId === undefined ? undefined : now.get(newId);
    return newId === undefined ? [] : [{ before: entry, newId, ...(successor && { after: successor }) }];
  });
  const [replacedIds, newIds] = [
    new Set(replaced.map(({ before: { id } }) => id)),
    new Set(replaced.map(({ newId }) => newId)),
  ];
  const kept = before.entries.filter(({ id }) => now.has(id));
  const changed = kept
    .map((entry) => ({
      before: entry,
      after: now.get(entry.id)!,
      facts: factsChanged(entry, now.get(entry.id)!),
    }))
    .filter(({ facts }) => facts.length > 0);
  return {
    added: after.entries.filter(({ id }) => !old.has(id) && !newIds.has(id)),
    removed: gone.filter(({ id }) => !replacedIds.has(id)),
    changed,
    replaced,
    unchanged: kept.length - changed.length,
  };
}

function byId({ entries }: Manifest): Map<string, ManifestEntry> {
  return new Map(entries.map((entry) => [entry.id, entry]));
}

function successorOf({ extra, id, line }: ManifestEntry, source: string): string | undefined {
  const newId = extra.get('new_id');
  if (newId === undefined || newId.toLowerCase() === id) return undefined;
  if (isUuid(newId)) return newId.toLowerCase();
  throw new DataError(`${source}, line ${line}`, `new_id "${newId}" is no UUID`);
}

function factsChanged(before: ManifestEntry, after: ManifestEntry): ('md5' | 'size' | 'filename')[] {
  return (['md5', 'size', 'filename'] as const).filter(
    (fact) => before[fact] !== undefined && after[fact] !== undefined && before[fact] !== after[fact],
  );
}
