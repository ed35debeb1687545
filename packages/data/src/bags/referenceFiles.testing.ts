import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BagAttribute } from './bagFile.js';

const root = join(import.meta.dirname, '../../../..');

/** The checkout's Python, which has the libraries that bags are compared with. */
export const python = process.env['CONCORD_BRIDGE_PYTHON'] ?? join(root, '.venv/bin/python');
export const pythonIsThere = existsSync(python);

export interface ReferenceBag {
  readonly file: string;
  readonly format: string;
  readonly rows: number;
  readonly width: number;
  readonly dtype: string;
  readonly coords?: readonly number[] | null;
  readonly attributes?: Readonly<Record<string, BagAttribute>>;
  /** False where a typed refusal is the right answer. */
  readonly supported?: boolean;
}

export interface ReferenceManifest {
  readonly bags: readonly ReferenceBag[];
  readonly legacy: string;
  readonly state: {
    readonly file: string;
    readonly tensors: Readonly<Record<string, { dtype: string; shape: number[]; values: number[] }>>;
  };
}

/** Files that h5py, torch, numpy and safetensors wrote into a folder of their own. */
export interface ReferenceFiles {
  readonly folder: string;
  readonly manifest: ReferenceManifest;
  path(file: string): string;
  /** [rows × width] float32 bits, as the library that wrote the file reads it. */
  expected(file: string): Uint32Array;
  remove(): void;
}

export function writeReferenceFiles(): ReferenceFiles {
  const folder = mkdtempSync(join(tmpdir(), 'concord-bags-'));
  execFileSync(python, ['-m', 'concord_bridge.reference_files.bags', folder], { stdio: 'pipe' });
  const path = (file: string) => join(folder, file);
  return {
    folder,
    manifest: JSON.parse(readFileSync(path('manifest.json'), 'utf8')),
    path,
    expected: (file) => new Uint32Array(new Uint8Array(readFileSync(`${path(file)}.expected`)).buffer),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
