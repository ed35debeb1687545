import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Write a file so that a reader finds the old one or the new one, never a part: into a neighbour first, then
 * renamed when it is on the disk. Folders are made.
 *
 * @throws Error naming the file and what is in the way, such as a full disk; nothing half-written is left then.
 */
export function writeAtomic(path: string, content: string): void {
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(draft, content, { flush: true });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new Error(`${path} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

/** Remove what processes of this machine were writing into a folder when they were killed. */
export function clearDrafts(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const pid = /^\..+\.(\d+)\.part$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Check, before the work begins, that a file can be written at its end.
 *
 * @param option the option that named the file, for the message.
 * @throws Error naming option, path and what is in the way.
 */
export function requireWritable(option: string, path: string): void {
  if (existsSync(path) && statSync(path).isDirectory()) {
    throw new Error(
      `${option} ${path}: that is a folder; name a file in it, such as ${join(path, 'report')}`,
    );
  }
  let folder = dirname(resolve(path));
  while (!existsSync(folder)) folder = dirname(folder);
  if (!statSync(folder).isDirectory()) throw new Error(`${option} ${path}: ${folder} is not a folder`);
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new Error(`${option} ${path}: ${folder} may not be written to; name another place`);
  }
}
