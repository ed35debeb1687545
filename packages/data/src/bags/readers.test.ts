import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBag } from './openBag.js';
import { pythonIsThere, writeReferenceFiles, type ReferenceFiles } from './referenceFiles.testing.js';
import { sampleRows } from './sampleRows.js';
import { readStateDict } from './stateDict.js';

const bits = (values: Float32Array) => new Uint32Array(values.buffer, values.byteOffset, values.length);

describe.skipIf(!pythonIsThere)('readers, against the libraries that wrote the files', () => {
  let files: ReferenceFiles;
  beforeAll(() => void (files = writeReferenceFiles()));
  afterAll(() => files.remove());

  it('find every number bit for bit, in whole bags', async () => {
    for (const { file, format, rows, width, dtype, attributes, coords, supported } of files.manifest.bags) {
      const bag = await openBag(files.path(file));
      expect({ file, ...bag }).toMatchObject({ file, format, rows, width, dtype });
      if (supported === false) {
        expect(() => bag.read()).toThrow('the HDF5 library cannot read it');
      } else {
        expect(bits(bag.read()), file).toEqual(files.expected(file));
        if (attributes) expect(bag.attributes, file).toEqual(attributes);
        if (coords) expect([...bag.coords!()], file).toEqual(coords);
        else expect(bag.coords, file).toBeUndefined();
      }
      bag.close();
    }
    expect(files.manifest.bags.length).toBeGreaterThan(40);
  });

  it('find the same numbers when only some rows are read, in any order', async () => {
    for (const { file, rows, width, supported } of files.manifest.bags) {
      if (supported === false) continue;
      const bag = await openBag(files.path(file));
      const expected = files.expected(file);
      const anyRows = fc.array(fc.nat(rows - 1), { maxLength: 30 });
      fc.assert(
        fc.property(anyRows, (chosen) => {
          const got = bits(bag.read(chosen));
          const wanted = chosen.flatMap((row) => [...expected.subarray(row * width, (row + 1) * width)]);
          expect([...got], file).toEqual(wanted);
        }),
        { numRuns: 15, examples: [[[...sampleRows(20, rows, 7)]]] },
      );
      bag.close();
    }
  });

  it('widen each of the 65,536 numbers of 16 bits as torch does', async () => {
    for (const file of ['halves.pt', 'bfloats.pt']) {
      const bag = await openBag(files.path(file));
      expect(bits(bag.read(undefined, { notFinite: 'keep' })), file).toEqual(files.expected(file));
      expect(() => bag.read()).toThrow(/row \d+, column \d+ is (NaN|Infinity)/);
      bag.close();
    }
  });

  it('read state dicts: nested names, every dtype, views, scalars', async () => {
    const { file, tensors } = files.manifest.state;
    const read = await readStateDict(files.path(file));
    expect([...read.keys()].sort()).toEqual(Object.keys(tensors).sort());
    for (const [name, { dtype, shape, values }] of Object.entries(tensors)) {
      const found = read.get(name)!;
      expect({ dtype: found.dtype, shape: found.shape }, name).toEqual({ dtype, shape });
      if (dtype !== 'float16') {
        expect(Array.from<number | bigint, number>(found.data, Number), name).toEqual(values);
      }
    }
  });

  it('refuse the old form of torch.save with the remedy', async () => {
    await expect(openBag(files.path(files.manifest.legacy))).rejects.toThrow(
      /wrote before 1.6; in Python, torch.save\(torch.load/,
    );
  });
});
