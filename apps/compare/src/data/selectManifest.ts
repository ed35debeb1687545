import { DataError, filterManifest, readManifest, type Manifest } from '@concord/data';
import type { CommandContext } from '../commands/context.js';

/**
 * The files of a manifest that a command is to work on; what should be known of it goes to standard error.
 *
 * @throws DataError if it is wrong, or no file of it has the name.
 */
export async function selectManifest(
  path: string,
  pattern: string | undefined,
  { err }: Pick<CommandContext, 'err'>,
): Promise<Manifest> {
  const manifest = await readManifest(path);
  if (manifest.entries.length === 0) throw new DataError(path, 'it names no file; expected at least one row');
  for (const note of manifest.notes) err.write(`note: ${path}: ${note}\n`);
  if (pattern === undefined) return manifest;
  const selected = filterManifest(manifest, { filename: pattern });
  if (selected.entries.length > 0) return selected;
  throw new DataError(path, `none of its ${manifest.entries.length} files is named ${pattern}`);
}
