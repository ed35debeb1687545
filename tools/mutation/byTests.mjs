import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/**
 * Run the tests that watch over a mutant, in a sandbox. A file that cannot even be loaded is no test that
 * failed.
 *
 * @param {string} root @param {string} folder of the sandbox.
 * @param {{ tests: string }} mutant
 * @returns {Promise<import('./main.mjs').Found>}
 */
export async function byTests(root, folder, { tests }) {
  const json = join(folder, 'tests.json');
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const flags = ['run', tests, '--reporter=json', `--outputFile=${json}`];
  rmSync(json, { force: true });
  const { stderr } = await execa('node', [vitest, ...flags], { cwd: folder, reject: false });
  /** @type {import('vitest/reporters').JsonTestResults | undefined} */
  const ran = existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : undefined;
  if (!ran || ran.numTotalTests === 0) {
    return { outcome: 'breaks', found: [], said: `no test ran: ${stderr.slice(0, 200)}` };
  }
  const found = ran.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(({ title }) => title);
  if (found.length === 0) return { outcome: 'passes', found, said: 'all tests pass' };
  return { outcome: 'fails', found, said: `first: ${found[0]}` };
}
