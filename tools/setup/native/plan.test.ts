import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startProgress } from '../progress.mjs';
import { temporaryFolder } from '../temporary-folder.js';
import { planNative } from './plan.mjs';
import { nativeStep, readRecord } from './step.mjs';

const linux = { platform: 'linux', arch: 'x64' };

/** A checkout with only what the native step looks at. */
function checkout(): string {
  const home = temporaryFolder();
  const binding = join(home, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
  mkdirSync(join(binding, 'binding'), { recursive: true });
  writeFileSync(join(binding, 'binding', 'tfjs_binding.cc'), '');
  mkdirSync(join(home, 'packages', 'nn', 'native'), { recursive: true });
  writeFileSync(join(home, 'packages', 'nn', 'native', 'adamStep.cc'), '');
  mkdirSync(join(binding, 'lib', 'napi-v8'), { recursive: true });
  writeFileSync(join(binding, 'lib', 'napi-v8', 'tfjs_binding.node'), 'from another set-up');
  return home;
}

describe('planNative', () => {
  it('refuses a choice it does not know', () => {
    expect(() => planNative({ home: checkout(), env: { CONCORD_TENSORFLOW: 'tpu' } }, linux)).toThrow(
      'CONCORD_TENSORFLOW is tpu; expected cpu, gpu or wasm.',
    );
  });

  it.each([
    { platform: 'win32', arch: 'x64' },
    { platform: 'darwin', arch: 'arm64' },
    { platform: 'linux', arch: 's390x' },
  ])('leaves $platform $arch to wasm', (machine) => {
    expect(planNative({ home: checkout(), env: {} }, machine)).toEqual({
      kind: 'wasm',
      reason: `no native TensorFlow is prepared for cpu on ${machine.platform} ${machine.arch}`,
    });
  });

  it('is another folder for each variant, and another binding for other sources', () => {
    const home = checkout();
    const env = { CONCORD_CACHE: '/cache', CXX: process.execPath };
    const cpu = planNative({ home, env: { ...env, CONCORD_TENSORFLOW: 'cpu' } }, linux);
    const gpu = planNative({ home, env: { ...env, CONCORD_TENSORFLOW: 'gpu' } }, linux);
    writeFileSync(
      join(home, 'node_modules', '@tensorflow', 'tfjs-node-gpu', 'binding', 'tfjs_binding.cc'),
      '//',
    );
    const changed = planNative({ home, env: { ...env, CONCORD_TENSORFLOW: 'cpu' } }, linux);
    expect(cpu).toMatchObject({ kind: 'native', folder: '/cache/tensorflow-2.21.0-cpu-x64' });
    expect(gpu).toMatchObject({ kind: 'native', folder: '/cache/tensorflow-2.21.0-gpu-x64' });
    expect(changed).toMatchObject({ folder: '/cache/tensorflow-2.21.0-cpu-x64' });
    expect(changed).not.toEqual(cpu);
  });
});

describe.runIf(process.platform === 'linux')('the native step without a compiler', () => {
  const noCompiler = { PATH: '' };
  const progress = startProgress('', { write: () => true });
  progress.end();

  it('records that wasm takes over and what to install, and has nothing to do the second time', async () => {
    const home = checkout();
    const step = nativeStep({ home, env: noCompiler });
    expect(step.isDue()).toBe(true);
    await step.run(progress);
    expect(readRecord(home)).toEqual({
      status: 'wasm',
      reason: 'there is no C++ compiler; install one (Debian, Ubuntu: apt install g++) and run npm run setup',
    });
    expect(
      existsSync(join(home, 'node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node')),
    ).toBe(false);
    expect(step.isDue()).toBe(false);
  });

  it('is an error when native was demanded', async () => {
    const step = nativeStep({ home: checkout(), env: { ...noCompiler, CONCORD_TENSORFLOW: 'cpu' } });
    await expect(step.run(progress)).rejects.toThrow(
      /^CONCORD_TENSORFLOW asks for cpu, but there is no C\+\+ compiler;/,
    );
  });
});
