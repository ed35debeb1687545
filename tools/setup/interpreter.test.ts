import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findInterpreter } from './interpreter.mjs';
import { startProgress } from './progress.mjs';
import { pythonStep } from './python-step.mjs';
import { temporaryFolder } from './temporary-folder.js';

/** A Python that runs `before` ahead of every `-c` program. */
function alteredPython(before: string): string {
  const file = join(temporaryFolder(), 'python');
  writeFileSync(file, `#!/bin/sh\nexec python3 -c 'import sys; ${before}; exec(sys.argv[1])' "$2"\n`);
  chmodSync(file, 0o755);
  return file;
}

describe('findInterpreter', () => {
  it('finds the interpreter behind python3', () => {
    const found = findInterpreter(process.env);
    expect(found.version).toMatch(/^3\.\d+\.\d+/);
    expect(existsSync(found.path)).toBe(true);
  });

  it('says what is needed when there is none', () => {
    expect(() => findInterpreter({ PATH: '' })).toThrow(
      /^Python 3\.10 or newer is needed and none was found; install it .*CONCORD_PYTHON\.$/,
    );
    expect(() => findInterpreter({ CONCORD_PYTHON: '/nowhere/python' })).toThrow(
      'CONCORD_PYTHON names /nowhere/python',
    );
  });

  it('names the version that is too old', () => {
    const old = alteredPython('import platform; platform.python_version = lambda: "3.9.2"');
    expect(() => findInterpreter({ ...process.env, CONCORD_PYTHON: old })).toThrow('is 3.9.2');
  });
});

describe('the Python step', () => {
  it('says in one sentence that the venv module is missing, and leaves nothing', async () => {
    const home = temporaryFolder();
    mkdirSync(join(home, 'python-bridge'));
    writeFileSync(join(home, 'python-bridge', 'requirements.txt'), '');
    const without = alteredPython('sys.modules["ensurepip"] = None');
    const step = pythonStep({ home, env: { ...process.env, CONCORD_EXTRAS: '', CONCORD_PYTHON: without } });
    const progress = startProgress('', { write: () => true });
    await expect(step.run(progress)).rejects.toThrow(
      /^Python 3\.\d+\.\d+ \(.*\) lacks its venv module; install it \(Debian, Ubuntu: apt install python3\.\d+-venv\), or name another Python with CONCORD_PYTHON\.$/,
    );
    progress.end();
    expect(existsSync(join(home, '.venv'))).toBe(false);
    expect(step.isDue()).toBe(true);
  });
});
