import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { explain, freeBytes, isOffline } from '../explain.mjs';
import { SetupProblem } from '../problem.mjs';
import { run } from '../run.mjs';

/** Said when the package index cannot be reached: wasm takes over, and the next set-up tries again. */
export class NoWheel extends Error {}

/**
 * Download the wheel, check it by its digest, and unpack what is needed of it into `plan.folder`.
 * The folder appears whole: a set-up that was killed leaves only a `.partial` folder, which the next one removes.
 * The caller holds the lock of the folder.
 *
 * @param {import('./plan.mjs').NativePlan} plan
 * @param {{ python: string, env: NodeJS.ProcessEnv, note: (line: string) => void }} with_
 * @throws {NoWheel} if there is no way to the package index
 * @throws {SetupProblem} if the wheel is not the pinned one, or the disk is full
 */
export async function fetchLibraries({ wheel, folder }, { python, env, note }) {
  if (existsSync(join(folder, 'tensorflow'))) return;
  const cache = dirname(folder);
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  requireSpace(wheel, cache);
  try {
    const wheelFile = await download(wheel, partial, { python, env, note });
    note('unpacking');
    const unpacker = join(import.meta.dirname, 'unpack.py');
    const unpacked = await run(python, [unpacker, wheelFile, join(partial, 'site')], { env });
    if (unpacked.code !== 0) throw explain('unpacking TensorFlow', unpacked.output, cache);
    mkdirSync(folder, { recursive: true });
    renameSync(join(partial, 'site', 'tensorflow'), join(folder, 'tensorflow'));
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/**
 * @param {import('./wheels.mjs').Wheel} wheel
 * @param {string} into
 * @param {{ python: string, env: NodeJS.ProcessEnv, note: (line: string) => void }} with_
 * @returns {Promise<string>} the file
 */
async function download(wheel, into, { python, env, note }) {
  const pin = join(into, 'wheel.txt');
  writeFileSync(pin, `${wheel.package}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  const size = wheel.megabytes ? ` (${wheel.megabytes.wheel} MB)` : '';
  note(`downloading ${wheel.package} ${wheel.version}${size}`);
  // The libraries do not depend on Python's version; 3.12 only names which of the equal wheels the digest is of.
  const result = await run(
    python,
    [
      ...['-m', 'pip', 'download', '--no-input', '--disable-pip-version-check', '--no-cache-dir'],
      ...['--retries', '2', '--progress-bar', 'off', '--no-deps', '--only-binary=:all:', '--require-hashes'],
      ...['--platform', wheel.platform, '--python-version', '3.12', '--implementation', 'cp'],
      ...['--dest', into, '-r', pin],
    ],
    { env },
  );
  if (/DO NOT MATCH THE HASHES/.test(result.output)) {
    throw new SetupProblem(
      `The ${wheel.package} ${wheel.version} wheel that pip found is not the one whose SHA-256 is pinned, and was refused; check the mirror that pip uses, or set CONCORD_TENSORFLOW=wasm to do without.`,
    );
  }
  if (result.code !== 0 && (isOffline(result.output) || /No matching distribution/.test(result.output))) {
    throw new NoWheel(
      `pip cannot get ${wheel.package} ${wheel.version} for ${wheel.platform} from its index; run npm run setup when it can`,
    );
  }
  if (result.code !== 0) throw explain('downloading TensorFlow', result.output, into);
  const file = readdirSync(into).find((name) => name.endsWith('.whl'));
  if (!file) throw new NoWheel(`pip left no wheel of ${wheel.package}`);
  return join(into, file);
}

/** @param {import('./wheels.mjs').Wheel} wheel @param {string} cache */
function requireSpace({ megabytes }, cache) {
  if (!megabytes) return;
  const needed = (megabytes.wheel + megabytes.unpacked) * 1e6;
  const free = freeBytes(cache);
  if (free >= needed || Number.isNaN(free)) return;
  throw new SetupProblem(
    `The disk is full: unpacking TensorFlow needs ${(needed / 1e9).toFixed(1)} GB at ${cache}, and ${(free / 1e9).toFixed(1)} GB are free; make room, or set CONCORD_CACHE to a larger disk, and run it again.`,
  );
}
