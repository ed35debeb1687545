import { execFileSync } from 'node:child_process';
import {
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
  closeSync,
  ftruncateSync,
  existsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataError } from '../dataError.js';
import { openBag } from './openBag.js';
import { openPack } from './packFile.js';
import { readPickle } from './pickle.js';
import { python, pythonIsThere, writeReferenceFiles, type ReferenceFiles } from './referenceFiles.testing.js';
import { readStateDict } from './stateDict.js';

/** No answer may take longer, on a machine that others use as well. */
const LIMIT_MS = 4000;

const folder = mkdtempSync(join(tmpdir(), 'concord-hostile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Read all of a file: `read`, or the typed error; anything else fails the test. */
async function outcome(path: string): Promise<'read' | DataError> {
  const start = performance.now();
  try {
    const bag = await openBag(path);
    try {
      bag.read(undefined, { checksum: 'verify' });
      bag.coords?.();
    } finally {
      bag.close();
    }
    return 'read';
  } catch (error) {
    if (error instanceof DataError) return error;
    throw new Error(`${path}: ${(error as Error).stack}`, { cause: error });
  } finally {
    expect(performance.now() - start).toBeLessThan(LIMIT_MS);
  }
}

/** Bytes of memory of this process. */
const memory = () => process.memoryUsage().rss;

describe.skipIf(!pythonIsThere)('damaged files', () => {
  const SEEDS = [
    'clam-earliest.h5',
    'trident-attributes.h5',
    'gzip-latest.h5',
    'contiguous-latest.h5',
    'shuffled-earliest.h5',
    'float32.pt',
    'dictionary.pt',
    'transposed-half.pt',
    'c-order.npy',
    'fortran.npy',
    'stored.npz',
    'deflated.npz',
    'with-coords.safetensors',
    'bfloat16.safetensors',
  ];
  let files: ReferenceFiles;
  beforeAll(() => void (files = writeReferenceFiles()));
  afterAll(() => files.remove());

  const spoiled = (seed: string) => join(folder, `spoiled-${seed}`);

  it.each(SEEDS)('%s: cut anywhere, is refused', async (seed) => {
    const whole = readFileSync(files.path(seed));
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), async (length) => {
        writeFileSync(spoiled(seed), whole.subarray(0, length));
        expect(await outcome(spoiled(seed))).toBeInstanceOf(DataError);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it.each(SEEDS)('%s: with any few bits turned, is refused or read, never more', async (seed) => {
    const whole = readFileSync(files.path(seed));
    const before = memory();
    // Half of the places are where structure is dense: the first and last kilobytes.
    const near = fc.oneof(
      fc.nat(2047),
      fc.nat(2047).map((n) => Math.max(0, whole.length - 1 - n)),
      fc.nat(whole.length - 1),
    );
    const flip = fc.tuple(near, fc.nat(7));
    await fc.assert(
      fc.asyncProperty(fc.array(flip, { minLength: 1, maxLength: 4 }), async (flips) => {
        const bytes = Buffer.from(whole);
        for (const [at, bit] of flips) if (at < bytes.length) bytes[at]! ^= 1 << bit;
        writeFileSync(spoiled(seed), bytes);
        await outcome(spoiled(seed));
      }),
      { numRuns: 120, seed: 2 },
    );
    expect(memory() - before).toBeLessThan(2 ** 29);
  });

  it.each(SEEDS)(
    '%s: with a number of its structure replaced by an absurd one, is refused or read',
    async (seed) => {
      const whole = readFileSync(files.path(seed));
      const value = fc.constantFrom(
        0n,
        1n,
        0xffn,
        0x7fffffffn,
        0xffffffffn,
        2n ** 40n,
        2n ** 63n,
        2n ** 64n - 1n,
      );
      await fc.assert(
        fc.asyncProperty(
          fc.nat(Math.min(4096, whole.length - 9)),
          value,
          fc.constantFrom(2, 4, 8),
          async (at, number, width) => {
            const bytes = Buffer.from(whole);
            for (let i = 0; i < width; i += 1) bytes[at + i] = Number((number >> BigInt(8 * i)) & 0xffn);
            writeFileSync(spoiled(seed), bytes);
            await outcome(spoiled(seed));
          },
        ),
        { numRuns: 80, seed: 3 },
      );
    },
  );

  it('of torch.save and np.savez: a turned bit among the numbers is found by the checksum', async () => {
    for (const seed of ['float32.pt', 'dictionary.pt', 'stored.npz', 'deflated.npz']) {
      const bytes = readFileSync(files.path(seed));
      bytes[Math.floor(bytes.length / 2)]! ^= 4;
      writeFileSync(spoiled(seed), bytes);
      expect(String(await outcome(spoiled(seed))), seed).toMatch(/checksum|cannot be unpacked|not finite/);
    }
  });
});

describe('a pickle', () => {
  const pickled = (...parts: (string | number)[]) =>
    Buffer.concat(
      parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.of(part))),
    );

  it.each([
    [
      'os.system by GLOBAL',
      pickled("cos\nsystem\n(S'id'\ntR."),
      'asks for os.system, which is no part of a tensor',
    ],
    ['eval by STACK_GLOBAL', pickled('\x80\x04\x8c\x08builtins\x8c\x04eval\x93.'), 'asks for builtins.eval'],
    ['subprocess by INST', pickled("(S'id'\nisubprocess\nPopen\n."), /opcode 0x53|opcode INST/],
    ['an object by NEWOBJ', pickled('\x80\x02ccollections\nOrderedDict\n)\x81.'), 'opcode NEWOBJ'],
    ['an extension', pickled('\x80\x02\x82\x01.'), 'opcode EXT1'],
    [
      'a name that looks like torch',
      pickled('\x80\x02ctorch.storage\n_load_from_bytes\n.'),
      'asks for torch.storage._load_from_bytes',
    ],
    ['a storage that is called', pickled('\x80\x02ctorch\nFloatStorage\n)R.'), 'calls torch.FloatStorage'],
    ['no end', pickled('\x80\x02}q\x00'), 'ends in the middle'],
    ['an empty stack', pickled('\x80\x02.'), 'takes from an empty stack'],
    ['an empty slot', pickled('\x80\x02h\x07.'), 'recalls slot 7'],
    ['a text longer than the file', pickled('\x80\x02X\xff\xff\xff\x7fab.'), 'ends in the middle'],
  ])('with %s is refused', (_name, bytes, words) => {
    expect(() => readPickle('data.pkl', bytes)).toThrow(words);
    expect(() => readPickle('data.pkl', bytes)).toThrow(DataError);
  });

  it('of random bytes is a value or a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readPickle('data.pkl', bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: 3000, seed: 4 },
    );
  });

  it.skipIf(!pythonIsThere)('of Python that runs a command on loading runs nothing here', async () => {
    const marker = join(folder, 'executed');
    const script = `
import sys, torch
class Evil:
    def __reduce__(self):
        import os
        return os.system, ("touch " + sys.argv[2],)
torch.save({"features": torch.zeros(3, 2), "x": Evil()}, sys.argv[1])`;
    const path = join(folder, 'evil.pt');
    execFileSync(python, ['-c', script, path, marker]);
    await expect(openBag(path)).rejects.toThrow(/asks for posix.system.*nothing of it was run/);
    await expect(readStateDict(path)).rejects.toThrow(DataError);
    expect(existsSync(marker)).toBe(false);
  });
});

/** A ZIP archive of one deflated member, as large as it claims to be. */
function zipOf(name: string, packed: Buffer, size: number): Buffer {
  const local = Buffer.alloc(30 + name.length);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(20, 4);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(size, 22);
  local.writeUInt16LE(name.length, 26);
  local.write(name, 30);
  const central = Buffer.alloc(46 + name.length);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(20, 6);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(packed.length, 20);
  central.writeUInt32LE(size, 24);
  central.writeUInt16LE(name.length, 28);
  central.write(name, 46);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length + packed.length, 16);
  return Buffer.concat([local, packed, central, end]);
}

describe('a file that claims too much', () => {
  it('a ZIP bomb is refused before memory is taken for it', async () => {
    const zeros = deflateRawSync(Buffer.alloc(2 ** 28));
    const before = memory();
    for (const [file, member] of [
      ['bomb.npz', 'features.npy'],
      ['bomb.pt', 'archive/data.pkl'],
    ] as const) {
      const path = join(folder, file);
      writeFileSync(path, zipOf(member, zeros, 2 ** 28));
      expect(String(await outcome(path))).toMatch(/ZIP bomb|at most \d+ are read/);
      // One that claims less than it unpacks to.
      writeFileSync(path, zipOf(member, zeros, 1000));
      expect(String(await outcome(path))).toMatch(/cannot be unpacked/);
    }
    expect(memory() - before).toBeLessThan(2 ** 27);
  });

  it('a safetensors header of 100 MB is refused before it is read', async () => {
    const path = join(folder, 'header.safetensors');
    const handle = openSync(path, 'w');
    const head = Buffer.alloc(16, ' ');
    head.writeBigUInt64LE(100_000_000n, 0);
    head.write('{', 8);
    writeSync(handle, head);
    ftruncateSync(handle, 100_000_008);
    closeSync(handle);
    const before = memory();
    expect(String(await outcome(path))).toContain('announces a header of 100000000 bytes');
    expect(() => openPack(path)).toThrow(DataError);
    expect(memory() - before).toBeLessThan(2 ** 25);
  });

  it('an array of NumPy with more numbers than bytes is refused', async () => {
    const path = join(folder, 'absurd.npy');
    for (const shape of ['99999999999, 1024', '4294967296, 4294967296', '1, 9007199254740993']) {
      const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117) + '\n';
      writeFileSync(
        path,
        Buffer.concat([Buffer.from('\x93NUMPY\x01\x00v\x00', 'latin1'), Buffer.from(text), Buffer.alloc(64)]),
      );
      expect(await outcome(path)).toBeInstanceOf(DataError);
    }
  });

  it.skipIf(!pythonIsThere)(
    'HDF5 of absurd dimensions, links and storage outside of the file are refused',
    async () => {
      const script = `
import sys, h5py, numpy as np
folder = sys.argv[1]
def file(name): return h5py.File(f"{folder}/{name}.h5", "w")
with file("sparse") as f: f.create_dataset("features", (2**40, 1024), "f4", chunks=(32, 1024))
with file("huge-chunk") as f: f.create_dataset("features", (2**20, 2**10), "f4", chunks=(2**19, 2**9), compression="gzip")
with file("external-storage") as f: f.create_dataset("features", (4, 4), "f4", external=[("/etc/passwd", 0, 64)])
with file("external-link") as f: f["features"] = h5py.ExternalLink("/etc/passwd", "/x")
with file("soft-loop") as f: f["features"] = h5py.SoftLink("/features")
with file("other") as f: f["features"] = np.zeros((4, 4), "f4")
with file("virtual") as f:
    layout = h5py.VirtualLayout((4, 4), "f4")
    layout[:] = h5py.VirtualSource(f"{folder}/other.h5", "features", (4, 4))
    f.create_virtual_dataset("features", layout)
with file("strings") as f: f["features"] = np.array([["a", "b"]], dtype="S4")
with file("integers") as f: f["features"] = np.zeros((4, 4), "i4")`;
      execFileSync(python, ['-c', script, folder]);
      const before = memory();
      for (const [name, words] of [
        ['sparse', /claims features of \[1099511627776, 1024\] in \d+ bytes/],
        ['huge-chunk', /claims features of/],
        ['external-storage', /numbers in other files/],
        ['external-link', /has no array/],
        ['soft-loop', /has no array/],
        ['virtual', /numbers are in other files/],
        ['strings', /features is string of 4 bytes/],
        ['integers', /features is int32/],
      ] as const) {
        expect(String(await outcome(join(folder, `${name}.h5`))), name).toMatch(words);
      }
      expect(memory() - before).toBeLessThan(2 ** 28);
    },
  );

  it('files of other kinds are named for what they begin with', async () => {
    const path = join(folder, 'other.h5');
    for (const text of ['', 'short', '<html><body>Not found</body></html>', '\x1f\x8b gzip ............']) {
      writeFileSync(path, text, 'latin1');
      expect(String(await outcome(path))).toMatch(/bytes; extract it again|is none of HDF5, torch, NumPy/);
    }
    expect(String(await outcome(folder))).toContain('is not a file');
    expect(String(await outcome(join(folder, 'nowhere')))).toContain('no such file');
    expect(statSync(path).isFile()).toBe(true);
  });
});
