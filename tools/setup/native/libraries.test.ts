import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findInterpreter } from '../interpreter.mjs';
import { temporaryFolder } from '../temporary-folder.js';
import { fetchLibraries } from './libraries.mjs';

const python = findInterpreter(process.env).path;
const NAME = 'tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl';
const MAKE_WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
  for name in ('libtensorflow_cc.so.2', 'libtensorflow_framework.so.2', 'include/tensorflow/c/c_api.h',
               'include/tensorflow/lite/model.h', 'python/__init__.py'):
    wheel.writestr('tensorflow/' + name, name)
  info = 'tensorflow_cpu-2.21.0.dist-info/'
  wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: tensorflow-cpu\\nVersion: 2.21.0\\n')
  wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\n')
  wheel.writestr(info + 'RECORD', '')
`;

/** A folder of wheels that stands in for the package index, and the plan that takes TensorFlow from it. */
function smallIndex() {
  const index = temporaryFolder();
  execFileSync(python, ['-c', MAKE_WHEEL, join(index, NAME)]);
  const sha256 = createHash('sha256')
    .update(readFileSync(join(index, NAME)))
    .digest('hex');
  const env = { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: index, PIP_CONFIG_FILE: '/dev/null' };
  const cache = temporaryFolder();
  const wheel = { package: 'tensorflow-cpu', version: '2.21.0', platform: 'manylinux_2_27_x86_64', sha256 };
  const plan = { kind: 'native' as const, variant: 'cpu' as const, wheel, folder: join(cache, 'tensorflow') };
  const unused = { compiled: '', compiler: undefined, sources: [], include: [] };
  return { plan: { ...plan, ...unused }, cache, context: { python, env, note: () => {} } };
}

describe('fetchLibraries', () => {
  it('unpacks the libraries and the headers it needs, and keeps nothing else', async () => {
    const { plan, cache, context } = smallIndex();
    await fetchLibraries(plan, context);
    expect(readdirSync(cache)).toEqual(['tensorflow']);
    expect(
      readdirSync(plan.folder, { recursive: true, withFileTypes: true })
        .filter((file) => file.isFile())
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['c_api.h', 'libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']);
  });

  it('refuses a wheel with another digest, and leaves nothing of it', async () => {
    const { plan, cache, context } = smallIndex();
    const other = { ...plan, wheel: { ...plan.wheel, sha256: '0'.repeat(64) } };
    await expect(fetchLibraries(other, context)).rejects.toThrow(
      /^The tensorflow-cpu 2\.21\.0 wheel that pip found is not the one whose SHA-256 is pinned, and was refused;/,
    );
    expect(readdirSync(cache)).toEqual([]);
  });

  it('lets wasm take over where the index has no such wheel', async () => {
    const { plan, context } = smallIndex();
    const other = { ...plan, wheel: { ...plan.wheel, platform: 'manylinux_2_27_aarch64' } };
    await expect(fetchLibraries(other, context)).rejects.toThrow(
      'pip cannot get tensorflow-cpu 2.21.0 for manylinux_2_27_aarch64 from its index',
    );
  });

  it('says how much room it needs before it downloads', async () => {
    const { plan, context } = smallIndex();
    const large = { ...plan, wheel: { ...plan.wheel, megabytes: { wheel: 1e9, unpacked: 1e9 } } };
    await expect(fetchLibraries(large, context)).rejects.toThrow(
      /^The disk is full: unpacking TensorFlow needs 2000000\.0 GB at /,
    );
    expect(existsSync(plan.folder)).toBe(false);
  });
});
