import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The checkout that this file belongs to. */
export const root = resolve(import.meta.dirname, '..', '..');

/**
 * Where the unpacked TensorFlow lies, for all checkouts of this user.
 *
 * @param {NodeJS.ProcessEnv} env CONCORD_CACHE, else XDG_CACHE_HOME, else ~/.cache
 */
export function cacheFolder(env = process.env) {
  if (env['CONCORD_CACHE']) return resolve(env['CONCORD_CACHE']);
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'concord');
}

/** The interpreter of the checkout's own Python environment. @param {string} home */
export function environmentPython(home) {
  return process.platform === 'win32'
    ? join(home, '.venv', 'Scripts', 'python.exe')
    : join(home, '.venv', 'bin', 'python');
}
