import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderHolder, lockFolder, LockedError } from './folderLock.js';

const module = pathToFileURL(join(import.meta.dirname, '../../dist/files/folderLock.js')).href;

let home: string;
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'concord-lock-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A process that holds the folder until it is killed. */
async function anotherHolder() {
  const script = `const { lockFolder } = await import(${JSON.stringify(module)});
    lockFolder(${JSON.stringify(home)}, 'another grid'); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

function changeHolder(change: object): void {
  const file = join(home, '.lock');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...change }));
}

describe('lockFolder', () => {
  it('makes the folder, keeps others out by name, and leaves nothing behind', () => {
    const folder = join(home, 'new');
    const lock = lockFolder(folder, 'a test');
    expect(folderHolder(folder)).toMatchObject({ pid: process.pid, doing: 'a test' });
    expect(() => lockFolder(folder, 'another')).toThrow(LockedError);
    expect(() => lockFolder(folder, 'another')).toThrow(
      `${folder}: a test works in it (process ${process.pid} on `,
    );
    lock.release();
    expect(folderHolder(folder)).toBeUndefined();
    lockFolder(folder, 'another').release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('dies with its process, even by kill -9', async () => {
    const child = await anotherHolder();
    expect(() => lockFolder(home, 'a test')).toThrow(`another grid works in it (process ${child.pid} on `);
    child.kill('SIGKILL');
    await once(child, 'exit');
    lockFolder(home, 'a test').release();
    expect(readdirSync(home)).toEqual([]);
  });

  it('is not fooled by a process id that is used again', () => {
    const old = lockFolder(home, 'old');
    changeHolder({ id: 'before', started: '1' });
    const lock = lockFolder(home, 'new');
    old.release();
    expect(folderHolder(home)?.doing).toBe('new');
    lock.release();
  });

  it('of another machine holds while it shows, and falls after five minutes of silence', () => {
    lockFolder(home, 'there').release();
    const lock = lockFolder(home, 'there');
    changeHolder({ id: 'theirs', place: 'elsewhere pid:[1]' });
    lock.release();
    expect(() => lockFolder(home, 'here')).toThrow(/there works in it \(process \d+ on elsewhere\)/);
    const before = new Date(Date.now() - 301_000);
    utimesSync(join(home, '.lock'), before, before);
    lockFolder(home, 'here').release();
    expect(existsSync(join(home, '.lock'))).toBe(false);
  });

  it('lets one of many in', async () => {
    const script = `const { lockFolder } = await import(${JSON.stringify(module)});
      process.stdin.once('data', () => {
        try { lockFolder(${JSON.stringify(home)}, 'one of many'); console.log('in'); } catch { console.log('out'); }
        process.stdin.once('data', () => process.exit());
      });
      console.log('ready');`;
    changeLockOfTheDead();
    const all = Array.from({ length: 6 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    await Promise.all(all.map((child) => once(child.stdout, 'data')));
    for (const child of all) child.stdin.write('go\n');
    const said = await Promise.all(
      all.map(async (child) => String((await once(child.stdout, 'data'))[0]).trim()),
    );
    for (const child of all) child.stdin.write('end\n');
    await Promise.all(all.map((child) => once(child, 'exit')));
    expect(said.filter((word) => word === 'in')).toHaveLength(1);
  });

  it('names a file in its place that is no lock', () => {
    writeFileSync(join(home, '.lock'), 'mine');
    expect(() => lockFolder(home, 'a test')).toThrow(/\.lock: not a lock of this program; remove it/);
  });
});

/** A lock that all of the waiting ones find abandoned at once. */
function changeLockOfTheDead(): void {
  const lock = lockFolder(home, 'dead');
  changeHolder({ id: 'dead', started: '1' });
  lock.release();
}
