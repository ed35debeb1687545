import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { workspaceRoot } from '@concord/baselines';
import { initBackend } from '@concord/nn';
import { findBackbone } from '../backbones/discover.js';
import { isPeer } from '../crosscancer/gridOptions.js';
import type { CellSpec } from '../train/cellSpec.js';

/** SHA-256 of each part of the code that a cell's result depends on. */
export interface CellCode {
  /** How cells are put together, trained and judged. */
  readonly training: string;
  /** The backbone's package. */
  readonly backbone?: string;
  /** Python's side with its pins, where a peer or PyTorch computes. */
  readonly python?: string;
  /** Who computes in TypeScript, such as `tensorflow 2.21.0`. */
  readonly backend?: string;
}

/** Packages that every training goes through. */
const TRAINING = ['safetensors', 'data', 'survival', 'nn', 'modules', 'backbone', 'baselines', 'training'];
/** Parts of the Python side that no training touches. */
const NOT_TRAINING = /^(audit|grid|published|reference_\w+)(\/|\.py$)|^bench\.py$/;

/** Digests of the code that is here; each part is read once. */
export class CodeDigests {
  private readonly known = new Map<string, string>();
  private readonly home = workspaceRoot();

  constructor(private readonly cwd: string) {}

  /** @throws BackboneError if there is no such backbone. */
  async of({ backbone, stack }: Pick<CellSpec, 'backbone' | 'stack'>): Promise<CellCode> {
    const peer = isPeer(backbone);
    const code = { training: this.part('training', () => this.training()) };
    if (peer) return { ...code, python: this.part('python', () => this.python()) };
    const { name, tensorflow } = await initBackend();
    return {
      ...code,
      backbone: this.part(`backbone ${backbone}`, () => this.backbone(backbone)),
      ...(stack !== 'ts' && { python: this.part('python', () => this.python()) }),
      backend: tensorflow ? `${name} ${tensorflow}` : name,
    };
  }

  private part(name: string, compute: () => string): string {
    const digest = this.known.get(name) ?? compute();
    this.known.set(name, digest);
    return digest;
  }

  private training(): string {
    const own = join(this.home, 'apps', 'compare', 'dist');
    return digestOf(this.home, [
      ...TRAINING.flatMap((name) => programFiles(join(this.home, 'packages', name, 'dist'))),
      ...programFiles(join(own, 'train')),
      ...['gridWorker.js', 'runPeer.js', 'peerFeatures.js'].map((name) => join(own, 'crosscancer', name)),
    ]);
  }

  private backbone(name: string): string {
    const { folder, pythonFolders } = findBackbone(this.cwd, name);
    const dist = join(folder, 'dist');
    const files = programFiles(existsSync(dist) ? dist : folder);
    return digestOf(folder, [...files, ...pythonFolders.flatMap((one) => filesOf(one, /\.py$/))]);
  }

  private python(): string {
    const bridge = join(this.home, 'python-bridge');
    const sources = join(bridge, 'src', 'concord_bridge');
    const used = filesOf(sources, /\.py$/).filter((path) => !NOT_TRAINING.test(relative(sources, path)));
    return digestOf(bridge, [...used, join(bridge, 'requirements.txt')]);
  }
}

/** What is run, without tests. */
function programFiles(folder: string): string[] {
  return filesOf(folder, /(?<!\.test|\.testing|\.fixture)\.(js|mjs)$/);
}

function filesOf(folder: string, name: RegExp): string[] {
  if (!existsSync(folder)) return [];
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((path) => name.test(path) && !path.includes('node_modules'))
    .map((path) => join(folder, path));
}

function digestOf(root: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files.toSorted()) {
    const content = readFileSync(file);
    hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
