import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CohortCase } from '../cohort.js';
import { assembleCohort } from './assembleCohort.js';
import { readCohortFile } from './cohortFile.js';

const root = join(import.meta.dirname, '../../../..');
const tcga = process.env['CONCORD_TCGA'] ?? join(root, '../shared/tcga');
const python = process.env['CONCORD_BRIDGE_PYTHON'] ?? join(root, '.venv/bin/python');
const here = existsSync(tcga) && existsSync(python);

/** What pandas makes of the same files, see python-bridge/src/concord_bridge/reference_files/settings.py. */
interface Setting {
  cases: string[];
  lost: string[];
  events: number;
  slides: number;
  genes: number;
  outcomes: string;
  expression: string;
  edges: number[];
  labels: number[];
  tokens: number;
  words?: string;
  bags?: string;
}

/** Scaled features are sums in another order than NumPy's; they lie within 30 standard deviations. */
const LIMIT = 5e-6;

describe.skipIf(!here)(
  `the real multimodal settings, from declarative files alone, every value as pandas has it (skipped where ${tcga} is not)`,
  () => {
    let home: string;
    let expected: Record<string, Setting>;
    beforeAll(() => {
      home = mkdtempSync(join(tmpdir(), 'concord-real-'));
      const module = 'concord_bridge.reference_files.settings';
      const text = execFileSync(python, ['-m', module, tcga, home], { maxBuffer: 2 ** 26 });
      expected = JSON.parse(text.toString()) as Record<string, Setting>;
    }, 300_000);
    afterAll(() => rmSync(home, { recursive: true, force: true }));

    /** Assemble from a file; compare all that the settings have in common, and hand the cases over by name. */
    async function assembled(setting: string, histology: string) {
      const name = setting.split('-')[1]!;
      const table = `${tcga}/porpoise/tcga_${name}_all_clean.csv.zip`;
      const path = join(home, `${setting}.yaml`);
      writeFileSync(
        path,
        [
          `name: ${name}`,
          `outcomes: { layout: porpoise, file: ${table}, endpoint: os }`,
          `genes: { layout: porpoise, file: ${table}, scaling: none }`,
          `histology: ${histology}`,
        ].join('\n'),
      );
      const cohort = await assembleCohort(await readCohortFile(path));
      const cases = [...cohort.cases].sort((a, b) => (a.caseId < b.caseId ? -1 : 1));
      const { words: _, bags, tokens, edges, ...common } = expected[setting]!;
      const outcomes = cases.map(({ timeMonths, event }) => Float64Array.of(timeMonths, event ? 1 : 0));
      expect({
        cases: cases.map(({ caseId }) => caseId),
        lost: cohort.attrition.flatMap(({ dropped }) => dropped).sort(),
        events: cases.filter(({ event }) => event).length,
        slides: new Set(cases.flatMap(({ slideIds }) => slideIds)).size,
        genes: cohort.pathways[0]!.genes.length,
        outcomes: digest(outcomes),
        expression: digest(cases.map(({ genes }) => genes)),
        labels: cases.map(({ bin }) => bin),
      }).toEqual(common);
      cohort.edges.forEach((edge, i) => expect(edge).toBeCloseTo(edges[i]!, 12));
      expect(cohort.attrition.at(-1)!.kept).toBe(cases.length);
      expect(Object.values(cohort.synthetic)).toEqual([false, false, false, false]);
      if (bags !== undefined) expect(digest(bagsOf(cases))).toBe(bags);
      return { cohort, cases, tokens };
    }

    it.each(['brca', 'stad'])('%s with 607 histology features', async (name) => {
      const file = `${tcga}/hif2gene/${name}.hifs.csv`;
      const { cohort, cases, tokens } = await assembled(
        `features-${name}`,
        `{ layout: hif2gene, file: ${file} }`,
      );
      const bytes = readFileSync(join(home, `features-${name}.f32`));
      const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      expect(values.length).toBe(cases.length * tokens);
      let furthest = 0;
      cases.forEach((one, i) => {
        const bag = one.patches();
        expect(bag.length).toBe(tokens * cohort.patchWidth);
        for (let f = 0; f < tokens; f += 1) {
          const gap = Math.abs(bag[f * cohort.patchWidth]! - values[i * tokens + f]!);
          if (!(gap <= furthest)) furthest = gap;
        }
      });
      expect(furthest).toBeLessThan(LIMIT);
      const first = cases[0]!.patches();
      const rows = Array.from({ length: tokens }, (_, f) =>
        first.slice(f * cohort.patchWidth + 1, (f + 1) * cohort.patchWidth),
      );
      expect(digest(rows)).toBe(expected[`features-${name}`]!.words);
    });

    it.each(['brca', 'blca'])(
      '%s with patch maps',
      async (name) => {
        const { cases, tokens } = await assembled(
          `maps-${name}`,
          `{ layout: patch-maps, file: ${tcga}/tilmaps/${name} }`,
        );
        expect(cases.reduce((sum, { patchCount }) => sum + patchCount, 0)).toBe(tokens);
      },
      240_000,
    );

    it.each(['blca', 'brca', 'hnsc', 'stad'])("%s with pathologists' reads", async (name) => {
      const { cases, tokens } = await assembled(
        `reads-${name}`,
        `{ layout: pathologist-reads, file: ${tcga}/rtcga/pathologist_slide_reads.csv }`,
      );
      expect(cases.every(({ patchCount }) => patchCount === tokens)).toBe(true);
    });
  },
);

function* bagsOf(cases: readonly CohortCase[]): Generator<Float32Array> {
  for (const one of cases) yield one.patches();
}

function digest(parts: Iterable<Float32Array | Float64Array>): string {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of parts)
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex');
}
