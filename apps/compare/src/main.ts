#!/usr/bin/env node
import { isColorSupported } from './commands/colors.js';
import { runCommandLine } from './commands/program.js';

const out = (text: string) => new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));

process.exitCode = await runCommandLine(process.argv.slice(2), {
  out,
  err: process.stderr,
  colors: isColorSupported(process.env, process.stdout.isTTY),
  env: process.env,
  cwd: process.cwd(),
  load: {
    parity: () => import('./parity/run.js'),
    bench: () => import('./bench/run.js'),
    describe: () => import('./describe/run.js'),
    weights: () => import('./weights/run.js'),
    risks: () => import('./risks/run.js'),
    audit: () => import('./audit/run.js'),
    inventory: async () => (await import('./commands/found.js')).inventory,
  },
});

// A library that keeps a timer or a pipe open must not keep the terminal waiting.
setTimeout(() => process.exit(), 500).unref();
