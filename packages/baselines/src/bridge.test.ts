import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bridge, type BridgeOptions, openBridge } from './bridge.js';
import { BridgeClosedError, BridgeDiedError, BridgeStartError, BridgeTimeoutError } from './errors.js';
import { PythonError } from './errors.js';
import { processesNaming, runs, untilHolds } from './host.testing.js';
import { pythonInterpreter } from './interpreter.js';

const opened: Bridge[] = [];
const open = async (options?: BridgeOptions): Promise<Bridge> => {
  const bridge = await openBridge(options);
  opened.push(bridge);
  return bridge;
};
afterEach(async () => {
  await Promise.all(opened.splice(0).map((bridge) => bridge.close()));
});

/** Neither the worker, nor its guard, nor its folder is left. */
async function expectNothingLeft({ pid, directory }: Bridge): Promise<void> {
  await untilHolds(() => !runs(pid) && !existsSync(directory) && processesNaming(directory).length === 0);
}

describe('a call', () => {
  it('carries numbers, text and the floats that JSON lacks, both ways', async () => {
    const bridge = await open();
    const params = {
      floats: [NaN, Infinity, -Infinity, -0, 0, 5e-324, 0.1, 2 ** 53 - 1],
      nothing: null,
      nested: [{ 'ключ "é"': 'naïve 木 😀 \u2028\u0085\r\n\0 \ud800' }],
      'keys of JavaScript': { ffid: 'x', r: 1, length: 2, toString: true },
    };
    expect(await bridge.call('debug.echo', params)).toEqual(params);
  });

  it('leaves an absent field out, and refuses what would change on the way', async () => {
    const bridge = await open();
    expect(await bridge.call('debug.echo', { a: undefined, b: 1 })).toEqual({ b: 1 });
    await expect(bridge.call('debug.echo', { bag: new Float32Array(2) })).rejects.toThrow(
      'cannot send "bag" to Python: tensors cross as safetensors files',
    );
    await expect(bridge.call('debug.echo', { n: [undefined] })).rejects.toThrow('would arrive as None');
    await expect(bridge.call('debug.echo', { n: { $float: 'NaN' } })).rejects.toThrow(
      '$float is the spelling',
    );
  });

  it('carries a Python exception whole', async () => {
    const bridge = await open();
    const error = await bridge.call<never>('debug.raise', { message: 'Größe ≠ 3 木' }).catch((e) => e);
    expect(error).toBeInstanceOf(PythonError);
    expect(error).toMatchObject({ method: 'debug.raise', type: 'ValueError', text: 'Größe ≠ 3 木' });
    expect(error.traceback).toMatch(
      /^Traceback .*diagnostics\.py", line \d+, in fail\n.*ValueError: Größe ≠ 3 木\n$/s,
    );
    expect(error.message).toContain('debug.raise: ValueError: Größe ≠ 3 木\nTraceback');
    expect(await bridge.call('ping')).toEqual({ pid: bridge.pid });
  });

  it('carries 10 MB', async () => {
    const bridge = await open();
    const text = 'é'.repeat(5_000_000);
    expect(await bridge.call('debug.echo', { text })).toEqual({ text });
  });

  it('survives sys.exit, and names the methods when asked for an unknown one', async () => {
    const bridge = await open();
    await expect(bridge.call('debug.exit', { code: 3, politely: true })).rejects.toThrow(
      'debug.exit: SystemExit: 3',
    );
    await expect(bridge.call('debug.eco')).rejects.toThrow(
      /LookupError: no method named 'debug.eco'; there are: bench\.…, debug\.echo, .*ping, published\.…/,
    );
  });

  it('waits its turn', async () => {
    const bridge = await open();
    const order: string[] = [];
    const note = (name: string) => () => void order.push(name);
    await Promise.all([
      bridge.call('debug.sleep', { seconds: 0.2 }).then(note('slow')),
      bridge.call('debug.raise', { message: 'x' }).catch(note('error')),
      bridge.call('debug.echo').then(note('quick')),
    ]);
    expect(order).toEqual(['slow', 'error', 'quick']);
  });

  it('keeps what Python prints, native output included, from the terminal', async () => {
    const lines: string[] = [];
    const bridge = await open({ onLog: (line, stream) => lines.push(`${stream} ${line}`) });
    await bridge.call('debug.print', { text: '\u001b[31mred\u001b[0m é' });
    await untilHolds(() => lines.length === 2);
    expect(lines.sort()).toEqual(['stderr red é', 'stdout red é']);
    await expect(bridge.call('debug.raise', { message: '' })).rejects.toMatchObject({ log: 'red é\nred é' });
  });

  it('is quick: 1,000 of them', async () => {
    const bridge = await open();
    const times: number[] = [];
    for (let i = 0; i < 1000; i++) {
      const start = performance.now();
      await bridge.call('debug.echo', { i });
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    console.log(`1,000 calls: median ${times[500]!.toFixed(3)} ms, 99 % ${times[990]!.toFixed(3)} ms`);
    expect(times[500]).toBeLessThan(5);
  });
});

describe('a worker that fails', () => {
  it('is stopped when a call takes too long, and those that wait are told', async () => {
    const bridge = await open();
    const late = bridge.call('debug.sleep', { seconds: 60 }, { timeoutMs: 200 });
    const next = bridge.call('debug.echo');
    await expect(late).rejects.toThrow(BridgeTimeoutError);
    await expect(late).rejects.toThrow('debug.sleep: no answer within 0.2 s; the Python worker was stopped');
    await expect(next).rejects.toThrow(
      'debug.echo: the Python worker ended (killed because debug.sleep took too long)',
    );
    await expectNothingLeft(bridge);
  });

  it('is noticed when killed in a call: an error, nothing left, and another bridge opens', async () => {
    const bridge = await open();
    const call = bridge.call('debug.sleep', { seconds: 60 });
    setTimeout(() => process.kill(bridge.pid, 'SIGKILL'), 100);
    const start = performance.now();
    await expect(call).rejects.toThrow(BridgeDiedError);
    const noticed = performance.now() - start - 100;
    console.log(`killed with SIGKILL in a call: an error after ${Math.round(noticed)} ms`);
    expect(noticed).toBeLessThan(5000);
    await expect(call).rejects.toMatchObject({ ending: 'signal SIGKILL', method: 'debug.sleep' });
    expect(existsSync(bridge.directory)).toBe(false);
    await expectNothingLeft(bridge);
    await expect(bridge.call('debug.echo')).rejects.toThrow(BridgeDiedError);
    const another = await open();
    expect(await another.call('ping')).toEqual({ pid: another.pid });
  });

  it('is noticed when it ends between calls, with its exit code and last words', async () => {
    const bridge = await open();
    await bridge.call('debug.print', { text: 'about to go' });
    await expect(bridge.call('debug.exit', { code: 9 })).rejects.toMatchObject({
      ending: 'exit code 9',
      log: 'about to go\nabout to go',
    });
    const idle = await open();
    process.kill(idle.pid, 'SIGTERM');
    await untilHolds(() => !existsSync(idle.directory));
    await expect(idle.call('ping')).rejects.toMatchObject({ ending: 'signal SIGTERM' });
  });

  it('is noticed when native code crashes, with the traceback of where', async () => {
    const bridge = await open();
    const call = bridge.call('debug.sleep', { seconds: 60 });
    setTimeout(() => process.kill(bridge.pid, 'SIGSEGV'), 100);
    await expect(call).rejects.toThrow(
      /signal SIGSEGV.*crashed in native code.*Fatal Python error: Segmentation fault.*in sleep/s,
    );
  });

  it('is found behind a script that starts Python', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'script-'));
    const python = join(folder, 'python');
    writeFileSync(python, `#!/bin/sh\n"${pythonInterpreter()}" "$@"\nexit $?\n`, { mode: 0o700 });
    const bridge = await open({ python });
    const call = bridge.call('debug.sleep', { seconds: 60 });
    setTimeout(() => process.kill(bridge.pid, 'SIGKILL'), 100);
    await expect(call).rejects.toThrow('exit code 137');
    await expectNothingLeft(bridge);
    rmSync(folder, { recursive: true });
  });

  it('is noticed when stopped, by the time limit', async () => {
    const bridge = await open();
    process.kill(bridge.pid, 'SIGSTOP');
    await expect(bridge.call('ping', {}, { timeoutMs: 200 })).rejects.toThrow(BridgeTimeoutError);
    await expectNothingLeft(bridge);
  });
});

describe('a bridge', () => {
  it('closes twice, closes in the middle of a call, and leaves nothing', async () => {
    const bridge = await open();
    expect(statSync(bridge.directory).mode & 0o777).toBe(0o700);
    await Promise.all([bridge.close(), bridge.close()]);
    await bridge.close();
    await expectNothingLeft(bridge);
    await expect(bridge.call('ping')).rejects.toThrow('ping: the bridge is closed; open another');

    const busy = await open();
    const call = busy.call('debug.sleep', { seconds: 60 });
    const refused = expect(call).rejects.toThrow(BridgeClosedError);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await busy.close();
    await refused;
    await expectNothingLeft(busy);
  });

  it('has no part in the others', async () => {
    const [one, two] = await Promise.all([open(), open()]);
    const call = one.call('debug.sleep', { seconds: 60 }).catch((error) => error);
    process.kill(one.pid, 'SIGKILL');
    expect(await two.call('ping')).toEqual({ pid: two.pid });
    expect(await call).toBeInstanceOf(BridgeDiedError);
    expect(existsSync(two.directory)).toBe(true);
  });

  it('says which worker it has', async () => {
    const bridge = await open();
    const environment = await bridge.call<Record<string, unknown>>('environment');
    expect(environment).toMatchObject({ pid: bridge.pid, python: expect.stringMatching(/^3\.\d+/) });
    expect(environment['threads']).toBeGreaterThan(0);
  });

  it('refuses to start without a Python, or without our package, in words', async () => {
    await expect(open({ python: '/nowhere/python' })).rejects.toThrow(
      'no Python that can be run at /nowhere/python; run npm run setup, or set CONCORD_BRIDGE_PYTHON',
    );
    await expect(open({ python: 'no-such-python' })).rejects.toThrow(/did not start the worker .*ENOENT/);
    // An empty package of the same name hides ours, wherever that is installed.
    const folder = mkdtempSync(join(tmpdir(), 'empty-'));
    mkdirSync(join(folder, 'concord_bridge'));
    writeFileSync(join(folder, 'concord_bridge', '__init__.py'), '');
    const error = await open({ pythonPath: [folder] }).catch((e) => e);
    rmSync(folder, { recursive: true });
    expect(error).toBeInstanceOf(BridgeStartError);
    expect(error.message).toMatch(/exit code 1.*run npm run setup.*ModuleNotFoundError/s);
  });

  it('refuses a time limit that no timer can keep', async () => {
    await expect(openBridge({ timeoutMs: 0 })).rejects.toThrow(
      'expected Infinity or 1 to 2147483647 ms, got 0',
    );
    const bridge = await open({ timeoutMs: Infinity });
    await expect(bridge.call('ping', {}, { timeoutMs: 2 ** 31 })).rejects.toThrow(RangeError);
    expect(await bridge.call('ping')).toEqual({ pid: bridge.pid });
  });
});
