import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { WitnessFound } from './inventory.js';

/** Published code that can be a witness: its folder in a `--published` directory, and the commit that was read. */
const PUBLISHED = [
  { folder: 'MCCSDG', repository: 'HopkinsKwong/MCCSDG', commit: '48d5410' },
  { folder: 'SurvPath', repository: 'mahmoodlab/SurvPath', commit: '3f73ddd' },
] as const;

/** Our own reference always; a published class where its checkout lies in `publishedDir`. */
export async function findWitnesses(publishedDir?: string): Promise<WitnessFound[]> {
  const reference = { name: 'reference', found: true, detail: 'our own PyTorch, in python-bridge' };
  const published = await Promise.all(PUBLISHED.map((witness) => findPublished(witness, publishedDir)));
  return [reference, ...published];
}

async function findPublished(
  { folder, repository, commit }: (typeof PUBLISHED)[number],
  publishedDir?: string,
): Promise<WitnessFound> {
  const name = `published ${folder}`;
  const wanted = `${repository} at ${commit}`;
  if (!publishedDir)
    return { name, found: false, detail: `--published FOLDER with ${folder}/, a checkout of ${wanted}` };
  const path = join(publishedDir, folder);
  if (!existsSync(path))
    return { name, found: false, detail: `no ${path}; expected a checkout of ${wanted}` };
  const { stdout, failed } = await execa('git', ['-C', path, 'rev-parse', 'HEAD'], { reject: false });
  if (failed) return { name, found: true, detail: `${path}, of unknown commit; expected ${wanted}` };
  const matches = stdout.startsWith(commit);
  return {
    name,
    found: true,
    detail: `${path} at ${stdout.slice(0, 7)}${matches ? '' : `; expected ${commit}`}`,
  };
}
