import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readTable, readTableFile } from '@concord/data';
import Papa from 'papaparse';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runChecks } from './runChecks.js';

const tcga = process.env['CONCORD_TCGA'] ?? join(import.meta.dirname, '../../../../../shared/tcga');
const survpath = join(tcga, 'survpath');

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'concord-real-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function copy(...paths: string[]): void {
  for (const path of paths) copyFileSync(path, join(folder, basename(path)));
}

async function found(): Promise<Record<string, string>> {
  const { checks } = await runChecks(folder);
  return Object.fromEntries(
    checks.filter(({ verdict }) => verdict === 'found').map(({ id, why }) => [id, why]),
  );
}

const metadata = join(survpath, 'datasets_csv/metadata/tcga_blca.csv');
const genes = join(survpath, 'datasets_csv/raw_rna_data/xena/blca/rna_clean.csv');
const folds = [0, 1, 2, 3, 4].map((fold) => join(survpath, `splits/5foldcv/tcga_blca/splits_${fold}.csv`));

describe.skipIf(!existsSync(metadata))('on the public tables', () => {
  it("finds in SurvPath's that the Hallmarks have few of their genes, and nothing else", async () => {
    copy(metadata, genes, ...folds, join(survpath, 'datasets_csv/metadata/combine_signatures.csv'));
    expect(await found()).toEqual({
      'pathway-coverage':
        '50 of 331 pathways have less than half of their genes; HALLMARK_HEDGEHOG_SIGNALING has 3 of 35',
    });
  });

  it("finds that MCCSDG's validation is its training", async () => {
    copy(metadata, join(tcga, 'mccsdg/splits/cv/tcga_blca/splits_0.csv'));
    expect(await found()).toEqual({
      'validation-is-training': expect.stringMatching(
        /^splits_0.csv: 338 patients of validation \(338, all of them\) are in training/,
      ),
    });
  });

  it('finds genes that were read by the position of a case among the sorted ones', async () => {
    const table = readTable(genes);
    const cases = [...new Set(readTable(metadata).column('case_id'))].sort().slice(0, table.rows);
    mkdirSync(join(folder, 'reference'));
    copyFileSync(genes, join(folder, 'reference/genes.csv'));
    const lines = readFileSync(genes, 'utf8').trim().split(/\r?\n/);
    const byPosition = lines
      .slice(1, cases.length + 1)
      .map((line, i) => `${cases[i]}${line.slice(line.indexOf(','))}`);
    writeFileSync(join(folder, 'genes.csv'), [lines[0], ...byPosition, ''].join('\n'));
    expect((await found())['paired-by-position']).toMatch(
      /^genes.csv: 35\d of 35\d cases have genes that reference\/genes.csv gives to another case; 35\d those of the same row$/,
    );
  });

  it("tells SurvPath's months from PORPOISE's, and newer follow-up from times of others", async () => {
    copy(metadata);
    const other = await readTableFile(join(tcga, 'porpoise/tcga_blca_all_clean.csv.zip'));
    const names = ['case_id', 'survival_months', 'censorship'];
    const columns = names.map((name) => other.column(name));
    const rows = columns[0]!.map((_, i) =>
      Object.fromEntries(names.map((name, c) => [name, columns[c]![i]])),
    );
    writeFileSync(join(folder, 'porpoise.csv'), Papa.unparse(rows));
    expect(await found()).toEqual({
      'month-length': 'months of different lengths: porpoise.csv of 30.44, tcga_blca.csv of 30 days',
    });
  });
});
