import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Who a session directory belongs to. A process id alone is not enough: ids are used again, and a container
 * that shares the folder counts its own.
 */
export interface Owner {
  readonly pid: number;
  /** Start of the process in clock ticks since boot; null where the system does not say. */
  readonly started: string | null;
  /** The machine, and the space of process ids within it. */
  readonly place: string;
}

/** This process. */
export function thisProcess(): Owner {
  return { pid: process.pid, started: startOf(process.pid) ?? null, place: place() };
}

/** Whether an owner is gone for certain; false when this process cannot know. */
export function isGone(owner: Owner): boolean {
  if (owner.place !== place()) return false;
  return owner.started === null ? !exists(owner.pid) : startOf(owner.pid) !== owner.started;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function startOf(pid: number): string | undefined {
  try {
    // The command's name, in parentheses, may hold spaces; after it come the state and, 19 on, the start.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function place(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
