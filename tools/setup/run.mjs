import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { onExit } from './on-exit.mjs';

const KEPT = 400_000;
const guard = join(import.meta.dirname, 'guard.mjs');

/**
 * Run a program without input, and keep what it said. It ends when this process does.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void }} options
 * @returns {Promise<{ code: number, output: string }>} 127 if the program is not there, 128 after a signal
 */
export function run(command, args, { cwd, env, onLine = () => {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [guard, command, ...args], { cwd, env: env ?? process.env });
    const forget = onExit(() => child.kill('SIGTERM'));
    let output = '';
    /** @param {string} text */
    const take = (text) => {
      output = (output + text).slice(-KEPT);
      const line = text.trim().split('\n').at(-1);
      if (line) onLine(line.trim());
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', reject);
    child.on('close', (code) => {
      forget();
      resolve({ code: code ?? 128, output });
    });
  });
}
