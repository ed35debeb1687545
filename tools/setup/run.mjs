import { spawn } from 'node:child_process';
import { onExit } from './on-exit.mjs';

const KEPT = 400_000;

/**
 * Run a program without input, and keep what it said.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void }} options
 * @returns {Promise<{ code: number, output: string }>} 127 if the program is not there, 128 + n after signal n
 */
export function run(command, args, { cwd, env, onLine = () => {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] });
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
    child.on('error', (error) => {
      forget();
      resolve({ code: 127, output: String(error) });
    });
    child.on('close', (code) => {
      forget();
      resolve({ code: code ?? 128, output });
    });
  });
}
