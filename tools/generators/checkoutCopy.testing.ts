import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa, type Options } from 'execa';
import { root } from '../setup/paths.mjs';

/** A copy of this checkout, set up, in which a test may write. */
export interface CheckoutCopy {
  readonly folder: string;
  /** An empty folder beside it, in no workspace. */
  readonly outside: string;
  /** Run a command line there. @throws Error with its output if it fails. */
  readonly run: (command: string, options?: Options) => Promise<string>;
  readonly remove: () => Promise<void>;
}

/** Copy the files that git knows or would take; what npm has installed is linked file by file. */
export async function copyCheckout(): Promise<CheckoutCopy> {
  const home = await mkdtemp(join(tmpdir(), 'concord-generated-'));
  const folder = join(home, 'checkout');
  const listed = await execa('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  for (const file of listed.stdout.split('\0').filter(Boolean)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(root, file), join(folder, file));
  }
  await linkInstalled(folder);
  return {
    folder,
    outside: join(home, 'outside'),
    run: async (command, options = {}) => {
      const { all, exitCode } = await execa({
        cwd: folder,
        env: environment(folder),
        extendEnv: false,
        shell: true,
        all: true,
        reject: false,
        ...options,
      })`${command}`;
      if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}:\n${String(all)}`);
      return String(all);
    },
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

/** Hard links where the temporary folder lies on the same disk, else copies; npm rewrites one file in place. */
async function linkInstalled(folder: string): Promise<void> {
  const installed = join(root, 'node_modules');
  const target = join(folder, 'node_modules');
  const linked = await execa('cp', ['-al', installed, target], { reject: false });
  if (linked.exitCode !== 0) {
    await rm(target, { recursive: true, force: true });
    await execa('cp', ['-a', installed, target]);
  }
  const list = '.package-lock.json';
  await rm(join(target, list));
  await cp(join(installed, list), join(target, list));
}

/** This process's, without what tells a program that vitest started it. */
function environment(folder: string): Record<string, string | undefined> {
  const own = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV|NX_|npm_)/.test(name));
  const python = process.env['CONCORD_BRIDGE_PYTHON'] ?? join(root, '.venv', 'bin', 'python');
  return {
    ...Object.fromEntries(own),
    NX_DAEMON: 'false',
    CONCORD_BRIDGE_PYTHON: python,
    PYTHONPATH: join(folder, 'python-bridge', 'src'),
  };
}
