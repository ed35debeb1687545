import { createRequire } from 'node:module';
import { cpus, release, type } from 'node:os';
import { workspaceRoot, type Bridge } from '@concord/baselines';
import type { BackendInfo } from '@concord/nn';
import { execa } from 'execa';
import type { Environment } from './report.js';

const require = createRequire(import.meta.url);

/** What the run ran on, both sides. */
export async function environmentOf(backend: BackendInfo, bridge: Bridge): Promise<Environment> {
  const { python, torch, numpy } =
    await bridge.call<Record<'python' | 'torch' | 'numpy', string>>('environment');
  return { ...(await ownEnvironment(backend)), python, torch, numpy };
}

/** What this side runs on. */
export async function ownEnvironment(
  backend: BackendInfo,
): Promise<Omit<Environment, 'python' | 'torch' | 'numpy'>> {
  const { version: tfjs } = require('@tensorflow/tfjs-core/package.json') as { version: string };
  return {
    node: process.versions.node,
    tfjs,
    backend: { ...backend },
    os: `${type()} ${release()}`,
    cpu: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores`,
    ...(await revision()),
    date: new Date().toISOString(),
  };
}

/** Commit of this checkout, and whether files differ from it; nothing outside a repository. */
async function revision(): Promise<Pick<Environment, 'commit' | 'dirty'>> {
  const options = { cwd: workspaceRoot(), reject: false } as const;
  const commit = await execa('git', ['rev-parse', '--short=12', 'HEAD'], options);
  if (commit.failed) return {};
  const status = await execa('git', ['status', '--porcelain'], options);
  return { commit: commit.stdout, dirty: status.stdout !== '' };
}
