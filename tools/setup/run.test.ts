import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { run } from './run.mjs';

const runModule = pathToFileURL(join(import.meta.dirname, 'run.mjs')).href;

describe('run', () => {
  it('keeps what the program said, and its exit code', async () => {
    const lines: string[] = [];
    const program = 'console.log("one"); console.error("two"); process.exitCode = 3';
    const { code, output } = await run(process.execPath, ['-e', program], {
      onLine: (line) => lines.push(line),
    });
    expect(code).toBe(3);
    expect(output.split('\n').filter(Boolean).sort()).toEqual(['one', 'two']);
    expect(lines.length).toBeGreaterThan(0);
  });

  it('says 127 when there is no such program', async () => {
    const { code, output } = await run('/nowhere/program', []);
    expect(code).toBe(127);
    expect(output).toContain('/nowhere/program');
  });

  it('ends the program, and what that started, when its own process is killed', async () => {
    const program = `
      import { run } from ${JSON.stringify(runModule)};
      await run('sh', ['-c', 'sleep 60 & echo $! && wait'], { onLine: console.log });`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const sleeper = Number(said.toString());
    expect(process.kill(sleeper, 0)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(() => process.kill(sleeper, 0)).toThrow('ESRCH'), 5_000);
  });
});
