import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSafetensors } from '@concord/safetensors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJudgedRun } from '../judgedRun/index.js';
import { encoderWidth } from './mistakes/encoderWidth.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'concord-encoder-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function verdictOf(config: object): Promise<string> {
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  return (await encoderWidth.judge(readJudgedRun(folder))).verdict;
}

describe('the width of features', () => {
  it.each([
    ['UNI', 1024],
    ['uni_v1', 1024],
    ['UNI2-h', 1536],
    ['uni_v2', 1536],
    ['conch_v1', 512],
    ['CONCHv1.5', 768],
    ['virchow', 2560],
    ['Virchow2', 1280],
    ['phikon', 768],
    ['phikon-v2', 1024],
    ['Prov-GigaPath', 1536],
    ['hoptimus0', 1536],
    ['H-Optimus-1', 1536],
    ['ctranspath', 768],
    ['resnet50_trunc', 1024],
  ])('of %s is %d', async (encoder, width) => {
    expect(await verdictOf({ encoder, embed_dim: width })).toBe('not found');
    expect(await verdictOf({ encoder, embed_dim: 999 })).toBe('found');
  });

  it('of an encoder that nobody knows cannot be judged by itself', async () => {
    expect(await verdictOf({ encoder: 'our-own', embed_dim: 300 })).toBe('cannot be judged');
    expect(await verdictOf({ encoder: '/data/features' })).toBe('cannot be judged');
  });

  it('is read of the bags', async () => {
    mkdirSync(join(folder, 'features'));
    await writeSafetensors(join(folder, 'features/one.safetensors'), {
      features: { dtype: 'F32', shape: [2, 512], data: new Float32Array(2 * 512) },
    });
    expect(await verdictOf({ encoder: 'conch' })).toBe('not found');
    expect(await verdictOf({ encoder: 'uni' })).toBe('found');
    expect(await verdictOf({ embed_dim: 1024 })).toBe('found');
  });
});
