import { join } from 'node:path';
import { buildStep } from './build-step.mjs';
import { withLock } from './lock.mjs';
import { nativeStep } from './native/step.mjs';
import { npmStep } from './npm-step.mjs';
import { startProgress } from './progress.mjs';
import { pythonStep } from './python-step.mjs';
import { backendSummary } from './summary.mjs';

/**
 * Do what is due, in order; what a killed or failed set-up had finished is not done again.
 *
 * @param {import('./step.mjs').Place} place
 * @param {{ write(text: string): unknown, isTTY?: boolean }} out
 * @throws {import('./problem.mjs').SetupProblem} if something is missing
 */
export async function setUp(place, out = process.stderr) {
  const start = Date.now();
  const steps = [npmStep, pythonStep, nativeStep, buildStep].map((makeStep) => makeStep(place));
  const done = steps.every((step) => !step.isDue())
    ? []
    : await withLock(
        join(place.home, '.setup', 'lock'),
        () => runDue(steps, out),
        (holder) => out.write(`waiting for ${holder}, which is setting up this checkout\n`),
      );
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  const what = done.length > 0 ? done.join(', ') : 'nothing to do';
  out.write(`set up: ${what} (${seconds} s); ${backendSummary(place.home)}\n`);
}

/**
 * @param {import('./step.mjs').Step[]} steps
 * @param {{ write(text: string): unknown, isTTY?: boolean }} out
 */
async function runDue(steps, out) {
  const done = [];
  for (const step of steps) {
    if (!step.isDue()) continue;
    const progress = startProgress(step.title, out);
    try {
      await step.run(progress);
      progress.end();
    } catch (error) {
      progress.end('stopped');
      throw error;
    }
    done.push(step.title);
  }
  return done;
}
