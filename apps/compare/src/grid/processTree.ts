import { readFileSync, readdirSync } from 'node:fs';

const PAGE_BYTES = 4096;

/** Bytes that a process and all that it started hold in memory; 0 where the system does not tell, and once it is gone. */
export function residentBytes(pid: number): number {
  try {
    return childrenOf(pid).reduce((sum, child) => sum + residentBytes(child), ownBytes(pid));
  } catch {
    return 0;
  }
}

/** Bytes that a process itself holds in memory. @throws Error once it is gone. */
export function ownBytes(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
}

/** What a process has started itself. @throws Error once it is gone. */
export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}
