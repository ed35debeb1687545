import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeSafetensors } from '@concord/safetensors';
import Papa from 'papaparse';
import writeFileAtomic from 'write-file-atomic';
import { stratifiedFolds } from './cohorts/splits.js';
import type { SyntheticCohort } from './syntheticCohort.js';

const FOLDS = 5;

/** In every file of features, so that none passes for a patient's. */
const LABEL = { encoder: 'synthetic' };

/**
 * Write a synthetic cohort in the files of the field, so that every reader can be tried without a patient:
 * SurvPath's tables (metadata with a row a slide, expression, signatures, five splits), patch features as one
 * safetensors file a slide, a cohort file that puts the tables together, and what no real cohort has: the
 * planted risk.
 *
 * @returns the paths written, relative to `folder`.
 * @throws Error if the folder cannot be written to; each file appears whole or not at all.
 */
export async function writeSynthetic(folder: string, cohort: SyntheticCohort): Promise<string[]> {
  const { name, cases, pathways } = cohort;
  const metadata = cases.flatMap(({ caseId, slideIds, timeMonths, event }) =>
    slideIds.map((slide) => ({
      case_id: caseId,
      slide_id: `${slide}.svs`,
      site: caseId.split('-')[1]!,
      ...endpoint('', timeMonths, event),
      ...endpoint('_dss', timeMonths, event),
      ...endpoint('_pfi', timeMonths, event),
      oncotree_code: name.toUpperCase(),
    })),
  );
  const genes = [...new Set(pathways.flatMap((pathway) => pathway.genes))].sort((a, b) => a - b);
  const symbol = (gene: number) => `SYN${String(gene + 1).padStart(4, '0')}`;
  const expression = cases.map(({ caseId, genes: packed }) => {
    const values = new Map<number, number>();
    let at = 0;
    for (const pathway of pathways) for (const gene of pathway.genes) values.set(gene, packed[at++]!);
    return [caseId, ...genes.map((gene) => values.get(gene)!)];
  });
  const longest = Math.max(...pathways.map((pathway) => pathway.genes.length));
  const signatures = Array.from({ length: longest }, (_, row) =>
    pathways.map((pathway) => (row < pathway.genes.length ? symbol(pathway.genes[row]!) : '')),
  );
  const tables: [path: string, text: string][] = [
    [`datasets_csv/metadata/tcga_${name}.csv`, Papa.unparse(metadata)],
    [
      `datasets_csv/raw_rna_data/xena/${name}/rna_clean.csv`,
      Papa.unparse([['', ...genes.map(symbol)], ...expression]),
    ],
    [
      'datasets_csv/metadata/combine_signatures.csv',
      Papa.unparse([pathways.map((one) => one.name), ...signatures]),
    ],
    ...stratifiedFolds(cases, Math.min(FOLDS, cases.length), 1, name).map(
      ({ train, validation }, fold): [string, string] => [
        `splits/5foldcv/tcga_${name}/splits_${fold}.csv`,
        Papa.unparse([['', 'train', 'val'], ...train.map((id, i) => [i, id, validation[i] ?? ''])]),
      ],
    ),
    [
      `truth/${name}.csv`,
      Papa.unparse(cases.map(({ caseId }, i) => ({ case_id: caseId, risk: cohort.trueRisk[i]! }))),
    ],
    [`${name}.yaml`, cohortFile(name)],
  ];
  for (const [path, text] of tables) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFileAtomic(join(folder, path), `${text.trimEnd()}\n`);
  }
  const features = `features/${name}`;
  await mkdir(join(folder, features), { recursive: true });
  for (const one of cases) {
    const path = `${features}/${one.slideIds[0]!}.safetensors`;
    const shape = [one.patchCount, cohort.patchWidth];
    await writeSafetensors(
      join(folder, path),
      { features: { dtype: 'F32', shape, data: one.patches() } },
      LABEL,
    );
  }
  return [...tables.map(([path]) => path), features];
}

/** Months and a flag of 1 for a censored case, as SurvPath writes them. */
function endpoint(ending: string, timeMonths: number, event: boolean): Record<string, number> {
  return { [`survival_months${ending}`]: timeMonths, [`censorship${ending}`]: event ? 0 : 1 };
}

function cohortFile(name: string): string {
  return `# A synthetic cohort: no line of it is a patient.
name: ${name}
synthetic: true
outcomes:
  layout: survpath
  file: datasets_csv/metadata/tcga_${name}.csv
  endpoint: os
genes:
  layout: case-rows
  file: datasets_csv/raw_rna_data/xena/${name}/rna_clean.csv
  pathways: datasets_csv/metadata/combine_signatures.csv
histology:
  layout: synthetic
`;
}
