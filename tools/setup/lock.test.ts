import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { withLock } from './lock.mjs';
import { temporaryFolder } from './temporary-folder.js';

const lockModule = pathToFileURL(join(import.meta.dirname, 'lock.mjs')).href;

/** Another process that takes the lock and keeps it until it is killed. */
async function holderOf(file: string) {
  const program = `
    import { withLock } from ${JSON.stringify(lockModule)};
    await withLock(process.argv[1], () => { console.log('held'); return new Promise((r) => setTimeout(r, 60_000)); });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

describe('withLock', () => {
  it('lets one in at a time, and removes the lock after success and failure', async () => {
    const file = join(temporaryFolder(), 'lock');
    let inside = 0;
    const enter = async () => {
      inside += 1;
      expect(inside).toBe(1);
      await sleep(50);
      inside -= 1;
    };
    await Promise.all([withLock(file, enter), withLock(file, enter), withLock(file, enter)]);
    await expect(withLock(file, () => Promise.reject(new Error('failed inside')))).rejects.toThrow(
      'failed inside',
    );
    expect(existsSync(file)).toBe(false);
  });

  it('waits for a live holder, naming it, and takes over when that is killed', async () => {
    const file = join(temporaryFolder(), 'lock');
    const holder = await holderOf(file);
    let waited = '';
    const done = withLock(
      file,
      () => Promise.resolve('taken over'),
      (who) => {
        waited = who;
        holder.kill('SIGKILL');
      },
    );
    await expect(done).resolves.toBe('taken over');
    expect(waited).toContain(`process ${holder.pid}`);
  });

  it('removes its lock when its process is told to end', async () => {
    const file = join(temporaryFolder(), 'lock');
    const holder = await holderOf(file);
    holder.kill('SIGTERM');
    const [code] = (await once(holder, 'exit')) as [number];
    expect(code).toBe(143);
    expect(existsSync(file)).toBe(false);
  });

  it.runIf(process.platform === 'linux')('is not fooled by a process number that is used again', async () => {
    const file = join(temporaryFolder(), 'lock');
    writeFileSync(file, JSON.stringify({ pid: process.pid, host: hostname(), started: '1' }));
    await expect(withLock(file, () => Promise.resolve(readFileSync(file, 'utf8')))).resolves.not.toContain(
      '"started":"1"',
    );
  });

  it('believes a holder on another machine only while it beats', async () => {
    const file = join(temporaryFolder(), 'lock');
    writeFileSync(file, JSON.stringify({ pid: 1, host: 'elsewhere', started: '1' }));
    let waited = false;
    const done = withLock(
      file,
      () => Promise.resolve(),
      () => {
        waited = true;
        const twoMinutesAgo = new Date(Date.now() - 120_000);
        utimesSync(file, twoMinutesAgo, twoMinutesAgo);
      },
    );
    await done;
    expect(waited).toBe(true);
  });
});
