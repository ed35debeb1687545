import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { SetupProblem } from './problem.mjs';

const FULL = /ENOSPC|No space left on device|disk quota exceeded/i;
const OFFLINE =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|NewConnectionError|Failed to establish a new connection|name resolution|Max retries exceeded|Connection broken|ReadTimeoutError|ProxyError|ENOTCACHED/i;
const DENIED = /EACCES|EPERM|Permission denied/i;

/** @param {string} output what a program said */
export function isOffline(output) {
  return OFFLINE.test(output);
}

/**
 * Turn the failure of a program into one sentence: the known causes by name, else its own last words.
 *
 * @param {string} what what was being done, such as `installing the npm packages`
 * @param {string} output everything the program said
 * @param {string} folder where it was writing
 * @returns {SetupProblem}
 */
export function explain(what, output, folder) {
  if (FULL.test(output)) {
    return new SetupProblem(
      `The disk is full: ${what} stopped (free: ${freeGigabytes(folder)} GB at ${folder}, ${freeGigabytes(tmpdir())} GB at ${tmpdir()}); make room, or set TMPDIR and CONCORD_CACHE to a larger disk, and run it again.`,
    );
  }
  if (OFFLINE.test(output)) {
    return new SetupProblem(
      `No network: ${what} could not reach the package index; connect, or tell npm and pip about your proxy or mirror, and run it again (what is done stays done).`,
    );
  }
  if (DENIED.test(output)) {
    return new SetupProblem(
      `Not allowed to write: ${what} needs to write to ${folder}; make it yours and run it again.`,
    );
  }
  return new SetupProblem(`${capital(what)} failed: ${lastWords(output)}`);
}

/**
 * The line that most likely names the cause: compilers and npm say it first, pip and Python last.
 *
 * @param {string} output
 */
export function lastWords(output) {
  const lines = output.split('\n').map((line) => line.replace(/^npm error\b/, 'npm error:').trim());
  const said = lines.filter(
    (line) => line !== '' && !/^npm (warn|error:$|error: (code|errno|syscall))/.test(line),
  );
  return (
    said.find((line) => /^npm error:|: (fatal )?error:/.test(line)) ??
    said.findLast((line) => /error\b/i.test(line)) ??
    said.at(-1) ??
    'it said nothing'
  );
}

/** @param {string} folder */
export function freeBytes(folder) {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.NaN;
  }
}

/** @param {string} folder */
function freeGigabytes(folder) {
  return (freeBytes(folder) / 1e9).toFixed(1);
}

/** @param {string} text */
function capital(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
