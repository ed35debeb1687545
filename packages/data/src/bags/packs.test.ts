import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBags } from './findBags.js';
import { joinBags } from './joinBags.js';
import { openBag } from './openBag.js';
import { packBags } from './packBags.js';
import { openPack } from './packFile.js';
import { python, pythonIsThere, writeReferenceFiles, type ReferenceFiles } from './referenceFiles.testing.js';
import { writeBag } from './writeBag.js';

const bits = (values: Float32Array) => new Uint32Array(values.buffer, values.byteOffset, values.length);

describe.skipIf(!pythonIsThere)('bags that are written', () => {
  let files: ReferenceFiles;
  beforeAll(() => void (files = writeReferenceFiles()));
  afterAll(() => files.remove());

  const folderOf = (name: string, ...members: string[]) => {
    const folder = files.path(name);
    mkdirSync(folder, { recursive: true });
    for (const member of members) copyFileSync(files.path(member), join(folder, member));
    return folder;
  };

  it('hold the same bits in both formats, for us and for Python', async () => {
    const readable = files.manifest.bags.filter(({ supported }) => supported !== false);
    const written: [string, string][] = [];
    const out = folderOf('converted');
    for (const { file, coords, dtype } of readable) {
      const bag = await openBag(files.path(file));
      for (const format of ['safetensors', 'npy'] as const) {
        const target = join(out, `${file}.${format}`);
        await writeBag(bag, target, format);
        const again = await openBag(target);
        expect(again.dtype).toBe(format === 'npy' && dtype === 'bfloat16' ? 'float32' : dtype);
        expect(bits(again.read()), target).toEqual(files.expected(file));
        if (coords) expect([...again.coords!()], target).toEqual(coords);
        again.close();
        written.push([target, files.path(`${file}.expected`)]);
      }
      bag.close();
    }
    const script = `
import json, sys
import numpy, torch
from safetensors.torch import load_file
for path, expected in json.load(sys.stdin):
    tensor = load_file(path)["features"] if path.endswith("safetensors") else torch.from_numpy(numpy.load(path))
    assert tensor.float().numpy().tobytes() == open(expected, "rb").read(), path
print("same")`;
    expect(execFileSync(python, ['-c', script], { input: JSON.stringify(written) }).toString()).toBe(
      'same\n',
    );
    expect(readdirSync(out).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('of one case are joined: the rows of one slide after those of the other', async () => {
    const names = ['clam-earliest.h5', 'c-order.npy', 'gzip-latest.h5'];
    const bags = await Promise.all(names.map((name) => openBag(files.path(name))));
    const joined = joinBags('TCGA-AA-0001', bags);
    const expected = names.flatMap((name) => [...files.expected(name)]);
    expect([...bits(joined.read())]).toEqual(expected);
    expect(joined.coords).toBeUndefined();
    const { rows, width } = joined;
    fc.assert(
      fc.property(fc.array(fc.nat(rows - 1), { maxLength: 40 }), (chosen) => {
        const wanted = chosen.flatMap((row) => expected.slice(row * width, (row + 1) * width));
        expect([...bits(joined.read(chosen))]).toEqual(wanted);
      }),
      { numRuns: 40 },
    );
    joined.close();
  });

  it('of two encoders are not joined', async () => {
    const bags = await Promise.all(
      ['trident-attributes.h5', 'stamp.h5'].map((name) => openBag(files.path(name))),
    );
    expect(() => joinBags('TCGA-AA-0001', bags)).toThrow('encoder uni_v1 and ctranspath');
  });

  it('of a cohort are packed, reused, and packed again when a source changes', async () => {
    const folder = folderOf('cohort', 'clam-earliest.h5', 'c-order.npy', 'float32.pt', 'grown.h5');
    const target = join(files.folder, 'cohort.pack');
    const first = await packBags(findBags([folder]), target);
    expect(first).toMatchObject({ reused: false, slides: 4, width: 24, dtype: 'float32' });
    const pack = openPack(target);
    for (const { slide, path } of findBags([folder])) {
      const [bag, source] = [pack.bag(slide), await openBag(path)];
      expect(bits(bag.read()), slide).toEqual(bits(source.read()));
      expect(bits(bag.read([5, 0, 7]))).toEqual(bits(source.read([5, 0, 7])));
      source.close();
    }
    expect(() => pack.bag('other')).toThrow('has no slide other; it has 4');
    pack.close();

    const before = statSync(target).mtimeMs;
    expect(await packBags(findBags([folder]), target)).toEqual({ ...first, reused: true });
    // Another time of change alone is settled by the digest.
    utimesSync(join(folder, 'grown.h5'), new Date(1e9), new Date(1e9));
    expect(await packBags(findBags([folder]), target)).toEqual({ ...first, reused: true });
    expect(statSync(target).mtimeMs).toBe(before);
    copyFileSync(files.path('stepped.pt'), join(folder, 'other.pt'));
    await expect(packBags(findBags([folder]), target)).rejects.toThrow(/width 24 and 16|width 16 and 24/);
    copyFileSync(files.path('rows-view.pt'), join(folder, 'other.pt'));
    const second = await packBags(findBags([folder]), target);
    expect(second).toMatchObject({ reused: false, slides: 5 });
    expect(second.key).not.toBe(first.key);
  });

  it('keep 16 bits and coordinates in a pack that Python reads', async () => {
    const folder = folderOf('half', 'trident-attributes.h5');
    const target = join(files.folder, 'half.pack');
    const { dtype } = await packBags(findBags([folder]), target);
    expect(dtype).toBe('float16');
    const script = `
import sys
from safetensors import safe_open
with safe_open(sys.argv[1], "pt") as pack:
    features = pack.get_tensor("features").float().numpy().tobytes()
    assert features == open(sys.argv[2], "rb").read()
    print(pack.metadata()["encoder"], pack.get_tensor("coords").shape)`;
    const expected = files.path('trident-attributes.h5.expected');
    const said = execFileSync(python, ['-c', script, target, expected]).toString();
    expect(said).toBe('uni_v1 torch.Size([203, 2])\n');
    const pack = openPack(target);
    expect(pack.bag('trident-attributes').encoder).toBe('uni_v1');
    expect(pack.bag('trident-attributes').coords!()[2]).toBe(512);
    pack.close();
  });

  it('leave nothing behind when a source is bad', async () => {
    const folder = folderOf('broken', 'c-order.npy', 'clam-earliest.h5');
    truncateSync(join(folder, 'clam-earliest.h5'), 9000);
    const target = join(files.folder, 'broken.pack');
    await expect(packBags(findBags([folder]), target)).rejects.toThrow('was written with');
    expect(readdirSync(files.folder).filter((name) => name.startsWith('broken.pack'))).toEqual([]);
    writeFileSync(target, 'notes of somebody');
    const good = findBags([files.path('c-order.npy')]);
    await expect(packBags(good, target)).rejects.toThrow('is there and is no intact pack');
    expect(readFileSync(target, 'utf8')).toBe('notes of somebody');
  });
});
