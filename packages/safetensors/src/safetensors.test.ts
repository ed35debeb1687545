import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { TensorData } from './dtype.js';
import { openSafetensors } from './read.js';
import { writeSafetensors } from './write.js';

const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'one.safetensors');

const root = join(import.meta.dirname, '../../..');
const python = process.env['CONCORD_BRIDGE_PYTHON'] ?? join(root, '.venv/bin/python');
const withPython = it.skipIf(!existsSync(python));

describe('safetensors', () => {
  it('reads what it wrote, bit for bit', async () => {
    const float = fc.array(fc.float(), { maxLength: 12 }).map((values) => Float32Array.from(values));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), float), async (arrays) => {
        delete arrays['__metadata__'];
        const tensors = Object.fromEntries(
          Object.entries(arrays).map(([name, data]) => [
            name,
            { dtype: 'F32', shape: [data.length], data } as const,
          ]),
        );
        await writeSafetensors(file, tensors, { maker: 'test' });
        const read = openSafetensors(file);
        expect(read.metadata).toEqual({ maker: 'test' });
        expect([...read.names].sort()).toEqual(Object.keys(arrays).sort());
        for (const [name, data] of Object.entries(arrays)) {
          expect(new Uint32Array(read.read(name).buffer)).toEqual(new Uint32Array(data.slice().buffer));
        }
        read.close();
      }),
      { numRuns: 50 },
    );
  });

  it('keeps scalars, empty tensors and every dtype', async () => {
    const tensors: Record<string, TensorData> = {
      scalar: { dtype: 'F64', shape: [], data: Float64Array.of(Math.PI) },
      empty: { dtype: 'F32', shape: [0, 3], data: new Float32Array() },
      flags: { dtype: 'BOOL', shape: [3], data: Uint8Array.of(1, 0, 1) },
      half: { dtype: 'BF16', shape: [2], data: Uint16Array.of(0x3f80, 0x4000) },
      long: { dtype: 'I64', shape: [1], data: BigInt64Array.of(-(2n ** 62n)) },
    };
    await writeSafetensors(file, tensors);
    const read = openSafetensors(file);
    for (const [name, { data, shape }] of Object.entries(tensors)) {
      expect(read.info(name).shape).toEqual(shape);
      expect(read.read(name)).toEqual(data);
    }
    read.close();
  });

  it('leaves nothing behind when it cannot write', async () => {
    const wrong = { x: { dtype: 'F32', shape: [3], data: new Float32Array(2) } } as const;
    await expect(writeSafetensors(join(folder, 'bad.safetensors'), wrong)).rejects.toThrow(
      'tensor x: Float32Array of 2 is no F32 of shape [3]',
    );
    expect(readdirSync(folder).filter((name) => name.startsWith('bad'))).toEqual([]);
  });

  it('names the tensors there are when one is missing', async () => {
    await writeSafetensors(file, { a: { dtype: 'F32', shape: [1], data: Float32Array.of(1) } });
    const read = openSafetensors(file);
    expect(() => read.read('b')).toThrow('has no tensor b; it has 1: a');
    read.close();
  });

  withPython("agrees with Python's safetensors in both directions", async () => {
    const data = Float32Array.of(1, -0, NaN, Infinity, 1e-45, 3);
    await writeSafetensors(file, {
      x: { dtype: 'F32', shape: [2, 3], data },
      n: { dtype: 'I32', shape: [2], data: Int32Array.of(1, 2) },
    });
    const back = join(folder, 'back.safetensors');
    const script = `
import sys
from safetensors.torch import load_file, save_file
tensors = load_file(sys.argv[1])
assert tensors["x"].shape == (2, 3) and tensors["n"].tolist() == [1, 2]
save_file(tensors, sys.argv[2])`;
    execFileSync(python, ['-c', script, file, back]);
    const read = openSafetensors(back);
    expect(new Uint32Array(read.read('x').buffer)).toEqual(new Uint32Array(data.buffer));
    read.close();
  });
});

/** A file with this header and so many bytes behind it. */
function forge(header: string, dataBytes: number, announced = Buffer.byteLength(header)): string {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(announced));
  writeFileSync(file, Buffer.concat([length, Buffer.from(header), Buffer.alloc(dataBytes)]));
  return file;
}

describe('a damaged or hostile file is refused', () => {
  const entry = (shape: number[], from: number, to: number, dtype = 'F32') =>
    JSON.stringify({ dtype, shape, data_offsets: [from, to] });

  it.each([
    ['too short', () => (writeFileSync(file, 'abc'), file), 'has 3 bytes'],
    ['truncated data', () => forge(`{"x":${entry([2], 0, 8)}}`, 4), 'tensors end at byte 8, the data at 4'],
    ['a header longer than the file', () => forge('{}', 0, 999), 'announces a header of 999 bytes'],
    ['an absurd header', () => forge('{}', 0, 2 ** 40), 'announces a header of 1099511627776'],
    ['no object', () => forge('[]', 0), 'does not start with {'],
    ['no JSON', () => forge('{"x":', 0), 'is no JSON'],
    ['a repeated name', () => forge(`{"x":${entry([1], 0, 4)},"x":${entry([1], 0, 4)}}`, 4), 'names x twice'],
    [
      'an overlap',
      () => forge(`{"x":${entry([2], 0, 8)},"y":${entry([2], 4, 12)}}`, 12),
      'y begins at byte 4, expected 8',
    ],
    [
      'a hole',
      () => forge(`{"x":${entry([1], 0, 4)},"y":${entry([1], 8, 12)}}`, 12),
      'y begins at byte 8, expected 4',
    ],
    ['a shape that does not fit', () => forge(`{"x":${entry([3], 0, 8)}}`, 8), 'its shape [3] needs 12'],
    ['an overflowing shape', () => forge(`{"x":${entry([2 ** 40, 2 ** 40], 0, 8)}}`, 8), 'its shape'],
    ['a negative length', () => forge(`{"x":${entry([-1], 0, 4)}}`, 4), 'has shape [-1]'],
    ['an unknown dtype', () => forge(`{"x":${entry([1], 0, 4, 'F31')}}`, 4), 'dtype "F31"'],
    [
      'a dtype of the prototype',
      () => forge(`{"x":${entry([1], 0, 4, 'constructor')}}`, 4),
      'dtype "constructor"',
    ],
    [
      'metadata that are no text',
      () => forge('{"__metadata__":{"a":1}}', 0),
      '__metadata__ is not a table of texts',
    ],
    [
      'no UTF-8',
      () => (writeFileSync(file, Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff])), file),
      'not UTF-8',
    ],
  ])('%s', (_name, make, words) => {
    const path = make();
    expect(() => openSafetensors(path)).toThrow(words);
    expect(() => openSafetensors(path)).toThrow(path);
  });

  it('a name like __proto__ harms nobody', () => {
    const read = openSafetensors(forge(`{"__proto__":${entry([1], 0, 4)}}`, 4));
    expect(read.names).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['dtype']).toBeUndefined();
    read.close();
  });

  it('any single changed byte of the header gives an error of ours or a valid file', () => {
    const header = `{"x":${entry([2], 0, 8)}}`;
    fc.assert(
      fc.property(fc.nat(header.length - 1), fc.nat(255), (at, byte) => {
        const bytes = Buffer.from(header);
        bytes[at] = byte;
        const length = Buffer.alloc(8);
        length.writeBigUInt64LE(BigInt(bytes.length));
        writeFileSync(file, Buffer.concat([length, bytes, Buffer.alloc(8)]));
        try {
          openSafetensors(file).close();
        } catch (error) {
          expect((error as Error).name).toBe('SafetensorsError');
        }
      }),
    );
  });
});
