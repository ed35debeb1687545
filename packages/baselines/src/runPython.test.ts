import { describe, expect, it } from 'vitest';
import { PythonProcessError } from './errors.js';
import { processesNaming, untilHolds } from './host.testing.js';
import { runPython } from './runPython.js';

describe('runPython', () => {
  it('returns what was printed, and finds our package', async () => {
    const lines: string[] = [];
    const code = 'import sys, concord_bridge; print("é"); print("b", file=sys.stderr); print(sys.argv)';
    const onLog = (line: string, stream: string) => void lines.push(`${stream} ${line}`);
    const output = await runPython(['-c', code, '--flag', 'x y'], { onLog });
    expect(output).toMatchObject({ stdout: "é\n['-c', '--flag', 'x y']\n", stderr: 'b\n' });
    expect(lines.sort()).toEqual(['stderr b', "stdout ['-c', '--flag', 'x y']", 'stdout é']);
  });

  it.each([
    [{}, 'PASSIVE'],
    [{ threads: 'own' as const }, process.env['OMP_WAIT_POLICY'] ?? 'None'],
  ])('lets threads wait asleep, but where their speed is measured: %j', async (options, policy) => {
    const { stdout } = await runPython(
      ['-c', 'import os; print(os.environ.get("OMP_WAIT_POLICY"))'],
      options,
    );
    expect(stdout).toBe(`${process.env['OMP_WAIT_POLICY'] ?? policy}\n`);
  });

  it('fails with the exit code and the end of standard error', async () => {
    const run = runPython(['-c', 'import sys; print("x"); sys.exit("wrong cohort")']);
    await expect(run).rejects.toThrow(/^python -c .*: exit code 1\nIts last words:\nwrong cohort$/s);
    await expect(run).rejects.toMatchObject({ exitCode: 1 });
  });

  it('stops a process and what it started, when aborted or late', async () => {
    const mark = `mark-${process.pid}-${Date.now()}`;
    const family = [
      '-c',
      'import subprocess, sys; subprocess.run([sys.executable, "-c", "import time; time.sleep(60)", sys.argv[1]])',
      mark,
    ];
    const abort = new AbortController();
    const aborted = runPython(family, { signal: abort.signal });
    await untilHolds(() => processesNaming(mark).length >= 2);
    abort.abort();
    await expect(aborted).rejects.toThrow('aborted');
    await expect(runPython(family, { timeoutMs: 300 })).rejects.toThrow('no end within 0.3 s');
    await expect(runPython(family, { signal: abort.signal })).rejects.toThrow(PythonProcessError);
    await untilHolds(() => processesNaming(mark).length === 0);
  });
});
