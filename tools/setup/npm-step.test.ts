import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { npmStep } from './npm-step.mjs';
import { startProgress } from './progress.mjs';
import { temporaryFolder } from './temporary-folder.js';

const SUCCEEDS = `
  const { mkdirSync, writeFileSync } = require('node:fs');
  mkdirSync('node_modules');
  writeFileSync('node_modules/.package-lock.json', '{}');`;

/** The npm step of an empty checkout, with a program in place of npm that does this for ping and for ci. */
function stepWithNpm({ ping = '', ci = SUCCEEDS }) {
  const home = temporaryFolder();
  writeFileSync(join(home, 'package-lock.json'), '{}');
  const npm = join(temporaryFolder(), 'npm-cli.js');
  writeFileSync(npm, `if (process.argv[2] === 'ping') { ${ping} } else { ${ci} }`);
  const step = npmStep({ home, env: { ...process.env, npm_execpath: npm } });
  const progress = startProgress('', { write: () => true });
  const run = () => step.run(progress).finally(() => progress.end());
  return { home, step, run };
}

describe('the npm step', () => {
  it('has nothing to do after it has run', async () => {
    const { step, run } = stepWithNpm({});
    await run();
    expect(step.isDue()).toBe(false);
  });

  it('does not believe an npm that says it succeeded and left no packages', async () => {
    const { step, run } = stepWithNpm({ ci: "console.log('added 641 packages')" });
    await expect(run()).rejects.toThrow(/^The disk is full: installing the npm packages stopped/);
    expect(step.isDue()).toBe(true);
  });

  it('takes npm’s own cache where there is no network, and says so if that is not enough', async () => {
    const unreachable = "console.error('npm error code EAI_AGAIN'); process.exitCode = 1;";
    const online = stepWithNpm({
      ci: `if (process.argv.includes('--offline')) process.exit(9); ${SUCCEEDS}`,
    });
    await online.run();
    const cached = stepWithNpm({
      ping: unreachable,
      ci: `if (!process.argv.includes('--offline')) process.exit(9); ${SUCCEEDS}`,
    });
    await cached.run();
    const missing = stepWithNpm({
      ping: unreachable,
      ci: "console.error('npm error code ENOTCACHED'); process.exitCode = 1;",
    });
    await expect(missing.run()).rejects.toThrow(/^No network: installing the npm packages/);
    expect(existsSync(join(missing.home, 'node_modules'))).toBe(false);
  });
});
