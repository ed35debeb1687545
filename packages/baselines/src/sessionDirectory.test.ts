import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSessionDirectory, removeSessionDirectory } from './sessionDirectory.js';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'bases-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const deadPid = () => spawnSync('true').pid;

/** A folder as another process would have left it. */
function leftBy(pid: number, owner?: object): string {
  const directory = join(base, `concord-${pid}-aB3xY9`);
  mkdirSync(directory);
  if (owner) writeFileSync(join(directory, '.owner.json'), JSON.stringify(owner));
  return directory;
}

describe('a session directory', () => {
  it('is private, signed, and goes with what is in it', () => {
    const directory = createSessionDirectory([base]);
    expect(dirname(directory)).toBe(base);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    writeFileSync(join(directory, 'weights.safetensors'), 'x');
    removeSessionDirectory(directory);
    removeSessionDirectory(directory);
    expect(existsSync(directory)).toBe(false);
  });

  it('is made where there is room, in the last place otherwise', () => {
    expect(dirname(createSessionDirectory(['/proc', base]))).toBe(base);
    expect(dirname(createSessionDirectory([join(base, 'absent'), base]))).toBe(base);
  });
});

describe('directories left behind', () => {
  it('are removed when their owner is dead, or its id belongs to another process by now', () => {
    const mine = JSON.parse(readFileSync(join(createSessionDirectory([base]), '.owner.json'), 'utf8'));
    const dead = leftBy(deadPid(), { ...mine, pid: deadPid(), started: '1' });
    const reused = leftBy(process.ppid, { ...mine, pid: process.ppid, started: '1' });
    const unsigned = leftBy(4_000_000);
    utimesSync(unsigned, 0, 0);
    createSessionDirectory([base]);
    expect([dead, reused, unsigned].filter(existsSync)).toEqual([]);
  });

  it('stay when their owner lives, is on another machine, or cannot be told', () => {
    const live = createSessionDirectory([base]);
    const mine = JSON.parse(readFileSync(join(live, '.owner.json'), 'utf8'));
    const elsewhere = leftBy(4_000_001, { ...mine, pid: 4_000_001, place: 'other-machine pid:[1]' });
    const beingMade = leftBy(4_000_002);
    const unsignedButFull = leftBy(4_000_003);
    writeFileSync(join(unsignedButFull, 'x'), '');
    utimesSync(unsignedButFull, 0, 0);
    const notOurs = join(base, 'concord-notes');
    mkdirSync(notOurs);
    createSessionDirectory([base]);
    expect([live, elsewhere, beingMade, unsignedButFull, notOurs].every(existsSync)).toBe(true);
  });
});
