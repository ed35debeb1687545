import { readFileSync } from 'node:fs';

/**
 * The sentence that refuses a Node older than the `engines` of the root package.json, or undefined if it will do.
 * Runs on any Node that has ECMAScript modules.
 *
 * @param {string} running a version such as `20.19.0`
 * @returns {string | undefined}
 */
export function nodeProblem(running = process.versions.node) {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const required = manifest.engines.node.replace('>=', '');
  const [major, minor] = required.split('.').map(Number);
  const [runningMajor, runningMinor] = running.split('.').map(Number);
  if (runningMajor > major || (runningMajor === major && runningMinor >= minor)) return undefined;
  return `Node ${required} or newer is needed, and this is ${running}; install a current Node and run the command again.`;
}
