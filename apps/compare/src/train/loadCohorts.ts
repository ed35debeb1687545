import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  assembleCohort,
  COHORTS,
  DataError,
  DEFAULT_BINS,
  readCohortFile,
  readTable,
  syntheticCohort,
  type AssembledCohort,
  type CohortFile,
  type SyntheticOptions,
} from '@concord/data';
import type { StudyCohort } from './studyCohort.js';

/** Where cohorts come from: names of embedded ones, or cohort files; sizes of what is generated. */
export interface CohortOptions {
  /** Each `blca` and the like, or the path of a cohort file. */
  readonly cohorts: readonly string[];
  readonly cwd: string;
  /** Of embedded cohorts. */
  readonly synthetic: SyntheticOptions;
}

/**
 * Load the cohorts of a study. Where files list different genes, only those that all of them have are kept, by name.
 *
 * @throws DataError for an unknown name, a file that cannot be read, or cohorts that do not fit together.
 */
export async function loadCohorts({ cohorts, cwd, synthetic }: CohortOptions): Promise<StudyCohort[]> {
  const files = cohorts.filter((name) => !isEmbedded(name)).map((name) => resolve(cwd, name));
  const read = await readFiles(files);
  const loaded = cohorts.map((name) =>
    isEmbedded(name) ? embedded(name, synthetic) : read[files.indexOf(resolve(cwd, name))]!,
  );
  requireFit(loaded);
  return loaded;
}

/** Whether a cohort is named, and not read from a file. */
export function isEmbedded(name: string): boolean {
  return (COHORTS as readonly string[]).includes(name);
}

function embedded(name: string, options: SyntheticOptions): StudyCohort {
  const { cases, pathways, patchWidth, edges, digests, trueRisk } = syntheticCohort(name, options);
  const most = Math.max(...pathways.flatMap(({ genes }) => genes));
  return {
    ...{ name, cases, pathways, patchWidth, digests, bins: edges.length - 1 },
    genes: Array.from({ length: most + 1 }, (_, i) => `SYN${String(i + 1).padStart(4, '0')}`),
    scaling: 'none',
    synthetic: { cases: true, patches: true },
    ...{ histology: 'synthetic', namedTokens: false },
    planted: new Map(cases.map(({ caseId }, i) => [caseId, trueRisk[i]!])),
    notes: [],
    close: () => undefined,
  };
}

async function readFiles(paths: readonly string[]): Promise<StudyCohort[]> {
  const files = await Promise.all(paths.map(readCohortFile));
  // Raw: scaling is fitted on the cases that train, which is decided later and differs from cell to cell.
  const raw = files.map((file): CohortFile => ({ ...file, genes: { ...file.genes, scaling: 'none' } }));
  let assembled = await assembleAll(raw);
  const common = commonGenes(assembled.map(({ genes }) => genes));
  const notes: string[] = [];
  if (assembled.some(({ genes }) => genes.join() !== common.join())) {
    const counts = assembled.map(({ name, genes }) => `${genes.length} of ${name}`).join(', ');
    if (common.length === 0) throw new DataError(paths.join(', '), 'the cohorts have no gene in common');
    notes.push(`${common.length} genes that all cohorts have are used (${counts})`);
    for (const one of assembled) one.close();
    assembled = await assembleAll(raw, common);
  }
  return assembled.map((one, i): StudyCohort => {
    const file = files[i]!;
    const planted = plantedRisk(paths[i]!, file);
    return {
      ...{ name: one.name, cases: one.cases, pathways: one.pathways, genes: one.genes },
      ...{ patchWidth: one.patchWidth, bins: one.edges.length - 1, digests: one.digests },
      scaling: file.genes.scaling ?? 'global-min-max',
      synthetic: {
        cases: one.synthetic.cases || one.synthetic.genes || one.synthetic.outcomes,
        patches: one.synthetic.patches,
      },
      ...{ histology: file.histology.layout, namedTokens: one.namedTokens },
      clinical: one.clinical,
      ...(one.rawFeatures && { rawFeatures: one.rawFeatures }),
      ...(planted && { planted }),
      notes: [...notes, ...pathwayCoverage(one)],
      close: () => one.close(),
    };
  });
}

/** A network of pathways reads far fewer genes than a table may have. */
function pathwayCoverage({ name, findings }: AssembledCohort): string[] {
  return findings.filter(({ kind }) => kind === 'pathway-coverage').map(({ title }) => `${name}: ${title}`);
}

async function assembleAll(
  files: readonly CohortFile[],
  sharedGenes?: readonly string[],
): Promise<AssembledCohort[]> {
  const assembled: AssembledCohort[] = [];
  // One after the other: a table of expression takes a lot of memory while it is read.
  for (const file of files) {
    // Bins are fitted on the cases that train. A cohort that is only judged may have no event.
    const edges = Array.from({ length: (file.bins ?? DEFAULT_BINS) + 1 }, (_, i) => i);
    assembled.push(await assembleCohort(file, { edges, ...(sharedGenes && { sharedGenes }) }));
  }
  return assembled;
}

function commonGenes(lists: readonly (readonly string[])[]): string[] {
  const [first = [], ...rest] = lists;
  const others = rest.map((genes) => new Set(genes));
  return first.filter((gene) => others.every((genes) => genes.has(gene)));
}

/** What `concord data synth` wrote beside a synthetic cohort's file. */
function plantedRisk(path: string, file: CohortFile): Map<string, number> | undefined {
  const truth = truthPath(path, file);
  if (truth === undefined) return undefined;
  const table = readTable(truth);
  const risks = table.column('risk').map(Number);
  return new Map(table.column('case_id').map((id, i) => [id, risks[i]!]));
}

/** Table of the planted risk, where there is one. */
export function truthPath(path: string, file: CohortFile): string | undefined {
  const truth = join(dirname(path), 'truth', `${file.name}.csv`);
  return file.synthetic && existsSync(truth) ? truth : undefined;
}

function requireFit(cohorts: readonly StudyCohort[]): void {
  const [first] = cohorts;
  for (const one of cohorts) {
    const differs = (what: string, of: (cohort: StudyCohort) => unknown) => {
      const [a, b] = [of(first!), of(one)];
      if (JSON.stringify(a) === JSON.stringify(b)) return;
      throw new DataError(
        `${first!.name} and ${one.name}`,
        `differ in ${what}, so that no model can read both; use the same pathways, features and bins`,
      );
    };
    differs('pathways', ({ pathways }) => pathways.map(({ name, genes }) => [name, genes.length]));
    differs('width of patches', ({ patchWidth }) => patchWidth);
    differs('number of time bins', ({ bins }) => bins);
    if (cohorts.filter(({ name }) => name === one.name).length > 1) {
      throw new DataError(one.name, 'two cohorts have this name; give one of the files another');
    }
  }
}
