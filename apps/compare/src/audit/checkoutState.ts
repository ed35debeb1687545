import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Checkout } from './claim.js';

/** A checkout as it was found. */
export interface CheckoutState extends Checkout {
  /** `as pinned` may lack files of the commit, which are named; what is there is what was committed. */
  readonly state: 'absent' | 'as pinned' | 'at another commit' | 'changed' | 'of unknown commit';
  /** What it is at, where that can be read. */
  readonly found?: string;
  /** Files that differ from the commit or are not of it. */
  readonly changed: readonly string[];
  /** Files of the commit that are not there, as in a partial clone. */
  readonly missing: number;
  /** SHA-256 over the names and contents of all files but `.git`. */
  readonly digest: string;
}

/** Look at one checkout in a folder of checkouts; nothing is run in it and nothing written. */
export async function checkoutState(folder: string | undefined, checkout: Checkout): Promise<CheckoutState> {
  const root = folder === undefined ? '' : join(folder, checkout.name);
  if (root === '' || !existsSync(root)) {
    return { ...checkout, state: 'absent', changed: [], missing: 0, digest: '' };
  }
  const files = filesOf(root);
  const digest = digestOf(files);
  const git = (...args: string[]) =>
    execa('git', ['-c', 'safe.directory=*', '-C', root, ...args], { reject: false });
  const [head, top] = await Promise.all([git('rev-parse', 'HEAD'), git('rev-parse', '--show-prefix')]);
  // A folder inside another repository would answer with that one's commit.
  if (head.failed || top.stdout !== '') {
    return { ...checkout, state: 'of unknown commit', changed: [], missing: 0, digest };
  }
  const found = head.stdout.trim();
  const committed = blobsOf((await git('ls-tree', '-r', '-z', 'HEAD')).stdout);
  const changed = [...files]
    .filter(([name, { blob }]) => !isBytecode(name) && committed.get(name) !== blob)
    .map(([name]) => name);
  const missing = [...committed.keys()].filter((name) => !files.has(name)).length;
  const state = !found.startsWith(checkout.commit)
    ? 'at another commit'
    : changed.length > 0
      ? 'changed'
      : 'as pinned';
  return { ...checkout, state, found, changed, missing, digest };
}

/** What Python leaves where a module was run by somebody else; it is made from the source and changes nothing. */
function isBytecode(name: string): boolean {
  return name.includes('__pycache__/');
}

/** File of a checkout: its content's SHA-256, and the name that git would give its content. */
interface FileDigest {
  readonly sha256: string;
  readonly blob: string;
}

function filesOf(root: string): Map<string, FileDigest> {
  const found = new Map<string, FileDigest>();
  const walk = (folder: string, prefix: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const [path, name] = [join(folder, entry.name), `${prefix}${entry.name}`];
      if (name === '.git') continue;
      if (entry.isDirectory()) walk(path, `${name}/`);
      else found.set(name, digestFile(path));
    }
  };
  walk(root, '');
  return found;
}

function digestFile(path: string): FileDigest {
  const content = lstatSync(path).isSymbolicLink() ? Buffer.from(readlinkSync(path)) : readFileSync(path);
  return {
    sha256: createHash('sha256').update(content).digest('hex'),
    blob: createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex'),
  };
}

function digestOf(files: ReadonlyMap<string, FileDigest>): string {
  const all = createHash('sha256');
  for (const name of [...files.keys()].sort()) all.update(`${name}\0${files.get(name)!.sha256}\n`);
  return all.digest('hex');
}

/** `git ls-tree -z`: mode, type, name of the content, tab, path. */
function blobsOf(listing: string): Map<string, string> {
  const rows = listing.split('\0').flatMap((row) => {
    const [, blob, path] = /^\d+ blob ([0-9a-f]+)\t([\s\S]+)$/.exec(row) ?? [];
    return blob && path ? [[path, blob] as const] : [];
  });
  return new Map(rows);
}
