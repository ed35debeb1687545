import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { CommandContext, Finish } from './context.js';

/** `concord doctor`: what was found on this machine, and what is missing. */
export function addDoctor(program: Command, context: CommandContext, finish: Finish): void {
  program
    .command('doctor')
    .summary('say what was found here, and what is missing')
    .description(
      'Print the versions of Node, Python, TensorFlow and torch, the backend in use, and what to install.',
    )
    .action(async () => {
      const check = findUpwards(dirname(fileURLToPath(import.meta.url)), join('tools', 'setup', 'main.mjs'));
      if (!check) {
        throw new Error(
          'tools/setup/main.mjs is not in a folder above this program; run doctor from a full checkout',
        );
      }
      const { execa } = await import('execa');
      const { exitCode, stdout, stderr } = await execa('node', [check, '--check'], {
        reject: false,
        cwd: context.cwd,
      });
      if (stderr) context.err.write(`${stderr}\n`);
      await context.out(`${stdout}\n`);
      finish(exitCode === 0 ? 0 : 2);
    });
}

function findUpwards(folder: string, path: string): string | undefined {
  const candidate = join(folder, path);
  if (existsSync(candidate)) return candidate;
  const above = dirname(folder);
  return above === folder ? undefined : findUpwards(above, path);
}
