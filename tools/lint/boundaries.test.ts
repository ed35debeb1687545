import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { root } from '../setup/paths.mjs';

const eslint = new ESLint({ cwd: root });

/** What the boundaries rule says about an import in the index of a room. */
async function complaints(room: string, imported: string): Promise<string[]> {
  const [result] = await eslint.lintText(`export * as room from '${imported}';\n`, {
    filePath: join(root, room, 'src', 'index.ts'),
  });
  return result!.messages
    .filter(({ ruleId }) => ruleId === '@nx/enforce-module-boundaries')
    .map(({ message }) => message);
}

describe('module boundaries', () => {
  it.each([
    ['packages/data', '@concord/nn'],
    ['packages/nn', '@concord/data'],
    ['packages/nn', '@concord/modules'],
    ['packages/safetensors', '@concord/data'],
    ['packages/modules', '@concord/backbone-survpath'],
    ['packages/backbones/survpath', '@concord/data'],
    ['packages/baselines', '@concord/nn'],
    ['packages/data', '../../nn/src/index.js'],
  ])('%s may not import %s', async (room, imported) => {
    expect(await complaints(room, imported)).toHaveLength(1);
  });

  it.each([
    ['packages/nn', '@concord/safetensors'],
    ['packages/modules', '@concord/nn'],
    ['packages/backbones/survpath', '@concord/modules'],
    ['packages/baselines', '@concord/safetensors'],
    ['apps/compare', '@concord/backbone-survpath'],
  ])('%s may import %s', async (room, imported) => {
    expect(await complaints(room, imported)).toEqual([]);
  });
});
