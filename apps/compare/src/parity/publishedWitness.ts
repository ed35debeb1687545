import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Backbone } from '@concord/backbone';
import type { ModuleVariant } from '@concord/modules';

/** Who of the published code can witness a subject: the folder of checkouts, or why it cannot. */
export interface PublishedWitness {
  readonly folder?: string;
  readonly missing?: string;
}

/**
 * The backbone's own class for `plain`, the MCCSDG module for `released`; nobody else was published.
 *
 * @param publishedDir folder of checkouts, where one was given.
 */
export function publishedWitness(
  { published }: Backbone,
  variant: ModuleVariant,
  publishedDir?: string,
): PublishedWitness | undefined {
  if (!publishedDir) return undefined;
  if (variant === 'released') return { folder: publishedDir };
  if (variant !== 'plain' || !published) return undefined;
  const { repository, commit, file } = published;
  const folders = [publishedDir, join(publishedDir, basename(repository))];
  if (folders.some((folder) => existsSync(join(folder, file)))) return { folder: publishedDir };
  return { missing: `no checkout of ${repository} at ${commit} in ${publishedDir}` };
}
