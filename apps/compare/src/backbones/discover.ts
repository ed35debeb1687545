import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Backbone } from '@concord/backbone';
import { workspaceRoot } from '@concord/baselines';

/** A package that declares a backbone, before it is loaded. */
export interface FoundBackbone {
  readonly name: string;
  /** Folder of the package. */
  readonly folder: string;
  /** What `import()` takes. */
  readonly entry: string;
  /** Folders in which Python looks for its counterpart, beside python-bridge. */
  readonly pythonFolders: readonly string[];
}

/** A package or its declaration is not as it should be. */
export class BackboneError extends Error {
  override readonly name = 'BackboneError';
}

interface Manifest {
  readonly name?: string;
  readonly exports?: Readonly<Record<string, { readonly import?: string }>>;
  readonly concord?: { readonly backbone?: string; readonly python?: string };
}

/**
 * The packages that declare a backbone, by name: those that npm has linked or installed for this workspace and
 * for the project around `cwd`. A package declares one by `"concord": { "backbone": "<name>" }`.
 *
 * @throws BackboneError if two packages declare the same name.
 */
export function discoverBackbones(cwd: string): FoundBackbone[] {
  const found = new Map<string, FoundBackbone>();
  for (const folder of candidateFolders(cwd)) {
    const one = declaredIn(folder);
    if (!one) continue;
    const other = found.get(one.name);
    if (other && other.folder !== one.folder) {
      throw new BackboneError(
        `backbone ${one.name} is declared twice, in ${other.folder} and ${one.folder}; rename one`,
      );
    }
    found.set(one.name, one);
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The package that declares a backbone of this name. @throws BackboneError naming those that there are. */
export function findBackbone(cwd: string, name: string): FoundBackbone {
  const found = discoverBackbones(cwd);
  const one = found.find((candidate) => candidate.name === name);
  if (!one) {
    throw new BackboneError(`no backbone ${name}; there are: ${found.map((other) => other.name).join(', ')}`);
  }
  return one;
}

/** Load what a package declares. @throws BackboneError saying what is wrong with it. */
export async function loadBackbone(found: FoundBackbone): Promise<Backbone> {
  const { backbone } = (await import(/* @vite-ignore */ found.entry)) as { backbone?: Backbone };
  if (!backbone) throw new BackboneError(`${found.folder}: exports no \`backbone\``);
  if (backbone.name !== found.name) {
    throw new BackboneError(
      `${found.folder}: package.json declares the backbone ${found.name}, the code ${backbone.name}`,
    );
  }
  return backbone;
}

function candidateFolders(cwd: string): string[] {
  const roots = new Set([workspaceRoot(), ...projectsAround(cwd)]);
  const linked = [...roots].flatMap((root) => installedIn(join(root, 'node_modules')));
  return [...new Set([...roots, ...linked].map((folder) => realpathSync(folder)))];
}

/** Every folder from `cwd` upwards that holds a package.json. */
function projectsAround(cwd: string): string[] {
  const found: string[] = [];
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) found.push(folder);
    if (folder === dirname(folder)) return found;
  }
}

function installedIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    if (name.startsWith('.')) return [];
    const path = join(folder, name);
    return name.startsWith('@') ? readdirSync(path).map((scoped) => join(path, scoped)) : [path];
  });
}

function declaredIn(folder: string): FoundBackbone | undefined {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  if (!text.includes('"concord"')) return undefined;
  const { name, exports, concord } = JSON.parse(text) as Manifest;
  if (!concord?.backbone) return undefined;
  const entry = exports?.['.']?.import;
  if (!entry) throw new BackboneError(`${path}: declares a backbone, and no exports["."].import to load`);
  const own = name !== undefined && existsSync(join(workspaceRoot(), 'node_modules', name));
  return {
    name: concord.backbone,
    folder,
    entry: own ? name : pathToFileURL(join(folder, entry)).href,
    pythonFolders: concord.python ? [join(folder, concord.python)] : [],
  };
}
