// Runs a program in a group of its own, and ends the whole group when set-up goes away, however that happens:
// an installation that nobody watches any more must not meet the next one in the same folder.
import { spawn } from 'node:child_process';

const [command, ...args] = process.argv.slice(2);
const child = spawn(/** @type {string} */ (command), args, {
  stdio: ['ignore', 'inherit', 'inherit'],
  detached: true,
});
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.on('exit', (code) => process.exit(code ?? 128));

function end() {
  try {
    process.kill(-Number(child.pid), 'SIGKILL');
  } catch {
    // It had ended by itself.
  }
  process.exit(143);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
// Set-up holds the other end of this pipe open as long as it lives.
process.stdin.on('end', end).resume();
