import { basename } from 'node:path';
import type { PublishedFile } from '@concord/backbone';
import { execa } from 'execa';
import { discoverBackbones, loadBackbone } from '../backbones/discover.js';
import { findPublished } from '../parity/publishedWitness.js';
import type { WitnessFound } from './inventory.js';

/** The class that witnesses the module `released` of every backbone. */
const MCCSDG: PublishedFile = {
  repository: 'HopkinsKwong/MCCSDG',
  commit: '48d5410',
  file: 'models/model_SurvPath(MCCSDG).py',
};

/** Our own reference always; a published class where its checkout lies in `publishedDir`. */
export async function findWitnesses(cwd: string, publishedDir?: string): Promise<WitnessFound[]> {
  const reference = { name: 'reference', found: true, detail: 'our own PyTorch, in python-bridge' };
  const files = await publishedFiles(cwd);
  return [reference, ...(await Promise.all(files.map((file) => found(file, publishedDir))))];
}

/** One file of each repository that a declared backbone is compared with, or a module. */
export async function publishedFiles(cwd: string): Promise<PublishedFile[]> {
  const declared = await Promise.all(discoverBackbones(cwd).map(loadBackbone));
  const files = declared.flatMap(({ published }) =>
    published ? [published, ...(published.beside ?? [])] : [],
  );
  const byRepository = new Map([MCCSDG, ...files].map((file) => [file.repository, file]));
  return [...byRepository.values()].sort((a, b) =>
    basename(a.repository) < basename(b.repository) ? -1 : 1,
  );
}

async function found(file: PublishedFile, publishedDir?: string): Promise<WitnessFound> {
  const folder = basename(file.repository);
  const name = `published ${folder}`;
  const wanted = `${file.repository} at ${file.commit}`;
  if (!publishedDir)
    return { name, found: false, detail: `--published FOLDER with ${folder}/, a checkout of ${wanted}` };
  const path = findPublished(file, publishedDir);
  if (!path)
    return {
      name,
      found: false,
      detail: `no ${file.file} in ${publishedDir} or its ${folder}/; expected a checkout of ${wanted}`,
    };
  const { stdout, failed } = await execa('git', ['-C', path, 'rev-parse', 'HEAD'], { reject: false });
  if (failed) return { name, found: true, detail: `${path}, of unknown commit; expected ${wanted}` };
  const matches = stdout.startsWith(file.commit);
  return {
    name,
    found: true,
    detail: `${path} at ${stdout.slice(0, 7)}${matches ? '' : `; expected ${file.commit}`}`,
  };
}
