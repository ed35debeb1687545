import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pythonInterpreter } from '@concord/baselines';
import { execa, execaSync } from 'execa';
import type { CellResult } from '../train/cellFiles.js';

const program = join(import.meta.dirname, '../../dist/main.js');

/** Whether Ray is installed; its tests are skipped without it. */
export const hasRay = execaSync(pythonInterpreter(), ['-c', 'import ray'], { reject: false }).exitCode === 0;

/** `concord …`, in a folder, as anybody would run it. */
export function concord(cwd: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return execa('node', [program, ...words], { reject: false, cwd, env });
}

/** `concord grid …`. */
export function grid(cwd: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return concord(cwd, ['grid', ...words], env);
}

/** Cells of a study that have their result. */
export function doneCells(study: string): string[] {
  return filesOf(join(study, 'cells')).filter((path) => path.endsWith('result.json'));
}

/** SHA-256 of every file of a study's cells; of results without the seconds that they took. */
export function digests(study: string): Record<string, string> {
  const cells = join(study, 'cells');
  return Object.fromEntries(
    filesOf(cells).map((path) => {
      const content = readFileSync(join(cells, path), 'utf8');
      const { seconds: _, ...rest } = path.endsWith('result.json')
        ? (JSON.parse(content) as CellResult)
        : { seconds: 0 };
      const compared = path.endsWith('result.json') ? JSON.stringify(rest) : content;
      return [path, createHash('sha256').update(compared).digest('hex')];
    }),
  );
}

/** A process below another one. */
export interface Descendant {
  readonly pid: number;
  readonly command: string;
}

/** Every process that a process started, and those that these did. */
export function descendants(pid: number): Descendant[] {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      if (stat[0] === 'Z') continue;
      const parent = Number(stat[1]);
      parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
    } catch {
      continue; // it has ended meanwhile
    }
  }
  const below = (one: number): number[] =>
    (parents.get(one) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid).flatMap((child) => {
    try {
      return [{ pid: child, command: readFileSync(`/proc/${child}/cmdline`, 'utf8').replaceAll('\0', ' ') }];
    } catch {
      return [];
    }
  });
}

function filesOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
