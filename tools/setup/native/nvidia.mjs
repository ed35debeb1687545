import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * Whether this machine has an NVIDIA device with its driver.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export function hasNvidiaDevice(env) {
  if (existsSync('/proc/driver/nvidia/version')) return true;
  try {
    const listed = execFileSync('nvidia-smi', ['-L'], {
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 20_000,
    });
    return /^GPU \d/m.test(listed);
  } catch {
    return false;
  }
}
