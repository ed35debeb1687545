import { existsSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Host, buildForHost, processesNaming, runs, startHost, untilHolds } from './host.testing.js';

let entry: string;
const hosts: Host[] = [];

beforeAll(async () => {
  entry = await buildForHost();
});
afterAll(() => rmSync(dirname(entry), { recursive: true }));
afterEach(() => {
  for (const { child } of hosts.splice(0)) child.kill('SIGKILL');
});

async function start(what: string): Promise<Host> {
  const host = await startHost(entry, what);
  hosts.push(host);
  return host;
}

/** Neither the worker, nor its guard, nor its folder is left; in milliseconds. */
function nothingIsLeft({ worker: { pid, directory } }: Host): Promise<number> {
  return untilHolds(
    () => !runs(pid) && !(directory && (existsSync(directory) || processesNaming(directory).length > 0)),
  );
}

describe('when the program ends, the worker, its guard and its folder go', () => {
  it.each(['busy', 'idle'])('killed with SIGKILL, the worker being %s', async (what) => {
    const host = await start(what);
    host.child.kill('SIGKILL');
    expect(await host.ended).toBe('SIGKILL');
    console.log(`SIGKILL (${what}): nothing left after ${Math.round(await nothingIsLeft(host))} ms`);
  });

  it('killed together with the worker, as a whole group', async () => {
    const host = await start('busy');
    process.kill(-host.child.pid!, 'SIGKILL');
    await nothingIsLeft(host);
  });

  it('killed while the worker is stopped and can do nothing', async () => {
    const host = await start('busy');
    process.kill(host.worker.pid, 'SIGSTOP');
    host.child.kill('SIGKILL');
    await nothingIsLeft(host);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s to the group, as from a terminal', async (signal) => {
    const host = await start('busy');
    process.kill(-host.child.pid!, signal);
    expect(await host.ended).toBe(signal);
    console.log(`${signal}: nothing left after ${Math.round(await nothingIsLeft(host))} ms`);
  });

  it('Ctrl-C in a program that listens for it: the call fails, the program decides', async () => {
    const host = await start('decides');
    process.kill(-host.child.pid!, 'SIGINT');
    expect(await host.ended).toBe(7);
    expect(host.lines[0]).toContain('debug.sleep: the Python worker ended (stopped by SIGINT)');
    await nothingIsLeft(host);
  });

  it.each([
    ['exits', 3],
    ['throws', 1],
    ['forgets', 0],
    ['closes', 0],
  ])('the program %s', async (what, code) => {
    const host = await start(what);
    expect(await host.ended).toBe(code);
    await nothingIsLeft(host);
  });
});

describe('the terminal', () => {
  it('is left alone, though DEBUG is set, for which pythonia would print each message', async () => {
    const host = await startHost(entry, 'closes', { DEBUG: '*' });
    hosts.push(host);
    expect(await host.ended).toBe(0);
    expect(host.lines).toEqual([]);
    expect(host.complaints()).toBe('');
  });
});

describe('two programs', () => {
  it('do not disturb each other', async () => {
    const [one, two] = await Promise.all([start('busy'), start('idle')]);
    one.child.kill('SIGKILL');
    await nothingIsLeft(one);
    const three = await start('closes');
    expect(await three.ended).toBe(0);
    expect(runs(two.worker.pid) && existsSync(two.worker.directory)).toBe(true);
  });
});

describe('a whole Python process', () => {
  it.each(['SIGKILL', 'SIGINT'] as const)('does not outlive its program, ended by %s', async (signal) => {
    const host = await start('runs');
    host.child.kill(signal);
    expect(await host.ended).toBe(signal);
    await nothingIsLeft(host);
  });
});
