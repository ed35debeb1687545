#!/usr/bin/env node
// Everything but this file and node-version.mjs may use what the required Node offers.
import { nodeProblem } from './node-version.mjs';

const problem = nodeProblem();
if (problem) {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 2;
} else {
  const { runCommandLine } = await import('./command-line.mjs');
  process.exitCode = await runCommandLine(process.argv.slice(2));
}
