import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSlideList } from '../slideList.js';
import { findBags } from './findBags.js';
import { inspectBags, type Inspection } from './inspectBags.js';
import { python, pythonIsThere } from './referenceFiles.testing.js';

/** What h5py and torch make of a folder, broken in one way each; and what has to be said of it. */
const MUTANTS: readonly [mutant: string, kind: string, words: RegExp][] = [
  ['nan', 'not-finite', /1 numbers are NaN or infinite, the first in row 11, column 5 \(NaN\)/],
  ['infinity', 'not-finite', /row 11, column 5 \(-Infinity\)/],
  ['empty', 'empty', /has 0 patches of width 32/],
  ['no-tissue', 'empty', /has 0 patches of width 0/],
  ['truncated-h5', 'truncated', /it was written with \d+; copy or extract it again/],
  ['truncated-pt', 'damaged', /is no readable ZIP archive/],
  ['no-bytes', 'truncated', /has 0 bytes/],
  ['shorter', 'shorter-than-twin', /has 32 rows, .* has \d+: its extraction was killed/],
  ['other-numbers', 'differs-from-twin', /has other numbers than/],
  ['width', 'mixed-width', /width 32 and 64/],
  ['encoder', 'mixed-encoder', /encoder uni_v1 and conch_v1/],
  ['duplicate', 'duplicate', /has the same numbers as .* which is another slide/],
  ['missing', 'missing', /is listed and has no file of features/],
  ['vector', 'not-two-dimensional', /shape \[32\], expected \[patches, width\]; is it a slide embedding/],
  ['coords', 'coords-length', /shape \[3, 2\], expected \[\d+, 2\]/],
];

describe.skipIf(!pythonIsThere)('a folder of features', () => {
  let home: string;
  let broken: Readonly<Record<string, number>>;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'concord-doctor-'));
    execFileSync(python, ['-m', 'concord_bridge.reference_files.cohort', home], { stdio: 'pipe' });
    broken = JSON.parse(readFileSync(join(home, 'broken.json'), 'utf8'));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('is tested in every way in which it can be broken', () => {
    expect(MUTANTS.map(([mutant]) => mutant).sort()).toEqual(Object.keys(broken).sort());
  });

  const inspect = (folder: string): Promise<Inspection> =>
    inspectBags(findBags([join(folder, 'h5_files'), join(folder, 'pt_files')]), {
      expected: readSlideList(join(home, 'clean', 'slides.csv')),
    });

  it('that is clean raises no alarm', async () => {
    const { bags, findings } = await inspect(join(home, 'clean'));
    expect(findings).toEqual([]);
    expect(bags.length).toBe(24);
    expect(new Set(bags.map(({ encoder }) => encoder))).toEqual(new Set(['uni_v1', undefined]));
  });

  it.each(MUTANTS)(
    'with a slide that is %s is caught, and nothing else is said',
    async (mutant, kind, words) => {
      const folder = join(home, mutant);
      const slide = broken[mutant]!;
      const problems = (await inspect(folder)).findings.filter(({ severity }) => severity === 'problem');
      expect(problems.length).toBeGreaterThan(0);
      const [wrong, next] = [slide, slide + 1].map((i) => `TCGA-ZZ-${String(i).padStart(4, '0')}`);
      for (const found of problems) {
        expect(found).toMatchObject({ kind });
        expect(found.text).toMatch(words);
        // Of two slides with the same numbers nobody knows which one is wrong.
        expect([wrong, ...(mutant === 'duplicate' ? [next] : [])]).toContain(found.slide.slice(0, 12));
      }
    },
  );
});
