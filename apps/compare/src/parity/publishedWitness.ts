import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Backbone, PublishedFile } from '@concord/backbone';
import type { ModuleVariant } from '@concord/modules';

/** Who of the published code can witness a subject: the folder of checkouts, or why it cannot. */
export interface PublishedWitness {
  readonly folder?: string;
  readonly missing?: string;
}

/**
 * Refuse a folder that holds no checkout for any of the subjects: a comparison that was asked for would silently
 * not take place. Where some have theirs, the others are told as not compared.
 *
 * @throws Error naming the first one that is missing.
 */
export function requireWitness(
  subjects: readonly { readonly declared: Backbone; readonly variants: readonly ModuleVariant[] }[],
  publishedDir?: string,
): void {
  const witnesses = subjects.flatMap(({ declared, variants }) =>
    variants.flatMap((variant) => publishedWitness(declared, variant, publishedDir) ?? []),
  );
  const missing = witnesses.find((witness) => witness.missing)?.missing;
  if (missing && !witnesses.some(({ folder }) => folder)) throw new Error(`${missing}; clone it there`);
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
  for (const one of [published, ...(published.beside ?? [])]) {
    if (findPublished(one, publishedDir)) continue;
    return { missing: `no checkout of ${one.repository} at ${one.commit} in ${publishedDir}` };
  }
  return { folder: publishedDir };
}

/** The checkout that holds a published file: the folder itself, or its subfolder of the repository's name. */
export function findPublished({ repository, file }: PublishedFile, publishedDir: string): string | undefined {
  const folders = [publishedDir, join(publishedDir, basename(repository))];
  return folders.find((folder) => existsSync(join(folder, file)));
}
