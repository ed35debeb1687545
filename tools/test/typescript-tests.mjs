import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readStamp } from '../setup/stamp.mjs';
import { stream } from './stream.mjs';
import { believeExitCode } from './totals.mjs';

/**
 * Where the tests run.
 *
 * @typedef {object} TestPlace
 * @property {string} home the checkout
 * @property {string} results a folder for the runners' own reports
 * @property {NodeJS.ProcessEnv} env
 */

/** Vitest over all workspaces. @param {TestPlace} place */
export async function typescriptTests({ home, results, env }) {
  const report = join(results, 'vitest.json');
  rmSync(report, { force: true });
  const vitest = join(home, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const exitCode = await stream(process.execPath, [vitest, 'run', ...reporters], { cwd: home, env });
  return believeExitCode(countVitest(readStamp(report)), exitCode);
}

/**
 * @param {any} report Vitest's JSON report, undefined if there is none
 * @returns {import('./totals.mjs').Totals | undefined}
 */
export function countVitest(report) {
  if (!report) return undefined;
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = report;
  const brokenFiles = testResults.filter(
    (/** @type {{ status: string, assertionResults: { status: string }[] }} */ file) =>
      file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  );
  return {
    passed: numPassedTests,
    failed: numFailedTests + brokenFiles.length,
    skipped: numPendingTests + numTodoTests,
  };
}
