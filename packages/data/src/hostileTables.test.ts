import {
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
  mkdirSync,
  cpSync,
  existsSync,
  readdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBags } from './bags/findBags.js';
import { packBags } from './bags/packBags.js';
import { assembleCohort } from './cohorts/assembleCohort.js';
import { readCohortFile } from './cohorts/cohortFile.js';
import { DataError } from './dataError.js';
import { PATCH_MAPS, readPatchMaps } from './histology/patchMaps.js';
import { writeFeatureLayouts } from './synthetic/writeFeatureLayouts.js';
import { writeTableLayouts } from './synthetic/writeTableLayouts.js';
import { syntheticCohort } from './syntheticCohort.js';

/** No answer may take longer, on a machine that others use as well. */
const LIMIT_MS = 4000;
/** Each file is spoiled so often in each of three ways. */
const RUNS = 60;

const cohort = syntheticCohort('stad', { cases: 12, genes: 12, pathwaySizes: [3, 5], patches: [4, 9] });

/**
 * Which file of a cohort is spoiled, and the cohort file that reads it. Whatever is left of it, the answer is a cohort
 * of finite numbers or a typed error; nothing else may happen, and not late.
 */
const TARGETS: readonly [cohortFile: string, spoiled: string][] = [
  ['porpoise.yaml', 'porpoise/tcga_stad_all_clean.csv.zip'],
  ['porpoise.yaml', 'stad.hifs.csv'],
  ['porpoise.yaml', 'sets.gmt'],
  ['porpoise.yaml', 'porpoise.yaml'],
  ['gdc.yaml', 'clinical.json'],
  ['gdc.yaml', 'clinical.tsv'],
  ['gdc.yaml', 'gdc_sample_sheet.tsv'],
  ['gdc.yaml', 'star'],
  ['gdc.yaml', 'combine_comps.csv'],
  ['gdc.yaml', 'maps'],
  ['tcga-cdr.yaml', 'tcga-cdr.xlsx'],
  ['tcga-cdr.yaml', 'tcga-cdr.csv'],
  ['tcga-cdr.yaml', 'xena.tsv'],
  ['rtcga.yaml', 'pathologist_slide_reads.csv'],
  ['packed.yaml', 'stad.pack'],
];

describe('every table and map, spoiled', () => {
  let home: string;
  let root: string;
  let ran = 0;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'concord-hostile-tables-'));
    await writeTableLayouts(home, cohort);
    await writeFeatureLayouts(home, cohort);
    root = join(home, 'layouts/stad');
    await packBags(findBags([join(root, 'features/trident')]), join(root, 'stad.pack'));
    const text = readFileSync(join(root, 'rtcga.yaml'), 'utf8');
    writeFileSync(
      join(root, 'packed.yaml'),
      text.replace(/histology: .*/, 'histology: { layout: packed, file: stad.pack }'),
    );
    cpSync(root, join(home, 'whole'), { recursive: true });
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  /** The first file below, where a folder is named. */
  const fileOf = (name: string): string => {
    const path = join(root, name);
    if (!existsSync(join(home, 'whole', name)) || /\.\w+$/.test(name)) return path;
    const first = readdirSync(path, { recursive: true, withFileTypes: true }).find((entry) =>
      entry.isFile(),
    )!;
    return join(first.parentPath, first.name);
  };

  async function outcome(cohortFile: string): Promise<void> {
    const start = performance.now();
    ran += 1;
    try {
      const read = await assembleCohort(await readCohortFile(join(root, cohortFile)));
      try {
        for (const one of read.cases) {
          expect(one.timeMonths > 0 && Number.isFinite(one.timeMonths)).toBe(true);
          expect(one.genes.every(Number.isFinite)).toBe(true);
          const bag = one.patches();
          expect(bag.length).toBe(one.patchCount * read.patchWidth);
        }
      } finally {
        read.close();
      }
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
    }
    expect(performance.now() - start).toBeLessThan(LIMIT_MS);
  }

  async function spoil(
    target: readonly [string, string],
    change: fc.Arbitrary<(bytes: Buffer) => Uint8Array>,
  ) {
    const [cohortFile, name] = target;
    const path = fileOf(name);
    const whole = readFileSync(path);
    try {
      await fc.assert(
        fc.asyncProperty(change, async (spoilt) => {
          writeFileSync(path, spoilt(Buffer.from(whole)));
          await outcome(cohortFile);
        }),
        { numRuns: RUNS, seed: 5 },
      );
    } finally {
      writeFileSync(path, whole);
    }
  }

  const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

  it.each(TARGETS)('%s: %s cut anywhere', (...target) =>
    spoil(
      target,
      place.map((at) => (bytes: Buffer) => bytes.subarray(0, Math.floor(at * bytes.length))),
    ),
  );

  it.each(TARGETS)('%s: %s with bits turned', (...target) =>
    spoil(
      target,
      fc.array(fc.tuple(place, fc.nat(7)), { minLength: 1, maxLength: 4 }).map((flips) => (bytes: Buffer) => {
        for (const [at, bit] of flips) bytes[Math.floor(at * bytes.length)]! ^= 1 << bit;
        return bytes;
      }),
    ),
  );

  it.each(TARGETS)('%s: %s with a cell of another kind in it', (...target) =>
    spoil(
      target,
      fc
        .tuple(
          place,
          fc.constantFrom(
            '"',
            ',',
            '\t',
            '\n',
            '\r\n',
            '\uFEFF',
            'NaN',
            'inf',
            '1e999',
            '-1',
            '0x10',
            '\0',
            '../../x',
            '/etc/passwd',
            '{',
            ']',
            'null',
            '"'.repeat(50),
            ','.repeat(5000),
            '&a [*a,*a]',
            '9'.repeat(400),
            '\u202e',
            'TCGA-ZZ-0001',
          ),
        )
        .map(([at, text]) => (bytes: Buffer) => {
          const cut = Math.floor(at * bytes.length);
          return Buffer.concat([bytes.subarray(0, cut), Buffer.from(text), bytes.subarray(cut)]);
        }),
    ),
  );

  it('files of another kind under each name', async () => {
    const strange = [
      'porpoise/tcga_stad_all_clean.csv.zip',
      'clinical.json',
      'sets.gmt',
      'xena.tsv',
      'stad.pack',
    ];
    for (const [cohortFile, name] of TARGETS) {
      const path = fileOf(name);
      const whole = readFileSync(path);
      for (const other of strange) {
        writeFileSync(path, readFileSync(join(home, 'whole', other)));
        await outcome(cohortFile);
      }
      writeFileSync(path, Buffer.alloc(0));
      await outcome(cohortFile);
      writeFileSync(path, whole);
    }
  });

  it('so many cases ran', () => {
    expect(ran).toBe(3 * RUNS * TARGETS.length + 6 * TARGETS.length);
  });

  it('a PNG bomb is refused before memory is taken for it; a short one that claims much as well', () => {
    const folder = join(home, 'bombs');
    mkdirSync(folder);
    const chunk = (type: string, data: Uint8Array) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(data.length);
      const body = Buffer.concat([Buffer.from(type), data]);
      const sum = Buffer.alloc(4);
      sum.writeUInt32BE(crc32(body));
      return Buffer.concat([length, body, sum]);
    };
    const png = (width: number, height: number, data: Uint8Array) => {
      const header = Buffer.alloc(13);
      header.writeUInt32BE(width, 0);
      header.writeUInt32BE(height, 4);
      header.set([8, 2], 8);
      const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
      return Buffer.concat([
        signature,
        chunk('IHDR', header),
        chunk('IDAT', deflateSync(data)),
        chunk('IEND', Buffer.alloc(0)),
      ]);
    };
    const path = join(folder, 'TCGA-ZZ-0001-01Z-00-DX1.png');
    const before = process.memoryUsage().rss;
    for (const bytes of [
      png(60_000, 60_000, Buffer.alloc(2 ** 24)),
      png(2 ** 31 - 1, 2 ** 31 - 1, Buffer.alloc(16)),
      // Honest about its size, and 256 MB unpacked behind it.
      png(4, 4, Buffer.alloc(2 ** 28)),
      png(8000, 8000, Buffer.alloc(16)),
      png(0, 0, Buffer.alloc(0)),
    ]) {
      writeFileSync(path, bytes);
      const start = performance.now();
      expect(() => readPatchMaps(folder, PATCH_MAPS.brca)).toThrow(DataError);
      expect(performance.now() - start).toBeLessThan(LIMIT_MS);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 29);
  });
});
