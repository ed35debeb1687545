import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeProblem } from './node-version.mjs';

function setup(...args: string[]) {
  return spawnSync(process.execPath, [join(import.meta.dirname, 'main.mjs'), ...args], { encoding: 'utf8' });
}

describe('the command line of set-up', () => {
  it('explains itself', () => {
    const { status, stdout } = setup('--help');
    expect(status).toBe(0);
    for (const word of ['CONCORD_PYTHON', 'CONCORD_TENSORFLOW', 'CONCORD_CACHE', 'PIP_FIND_LINKS']) {
      expect(stdout).toContain(word);
    }
  });

  it('refuses what it does not know', () => {
    const { status, stderr } = setup('--chekc');
    expect(status).toBe(2);
    expect(stderr).toContain("'--chekc'");
  });
});

describe('nodeProblem', () => {
  it('accepts the oldest version and newer ones', () => {
    expect(nodeProblem('20.19.0')).toBeUndefined();
    expect(nodeProblem('24.1.0')).toBeUndefined();
    expect(nodeProblem()).toBeUndefined();
  });

  it.each(['18.20.4', '20.18.3'])('refuses %s', (version) => {
    expect(nodeProblem(version)).toBe(
      `Node 20.19 or newer is needed, and this is ${version}; install a current Node and run the command again.`,
    );
  });
});
