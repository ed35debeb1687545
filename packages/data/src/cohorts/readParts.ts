import { createHash } from 'node:crypto';
import {
  HIF2GENE,
  PORPOISE,
  rtcgaLayout,
  SURVPATH,
  TCGA_CDR_SHEET,
  tcgaCdrLayout,
  type ClinicalLayout,
} from '../clinical/clinicalLayout.js';
import { readAttributes, type CaseAttributes } from '../clinical/caseAttributes.js';
import { readGdcClinical } from '../clinical/gdcClinical.js';
import { readSurvival } from '../clinical/readSurvival.js';
import type { SurvivalTable } from '../clinical/survivalTable.js';
import type { DataFinding } from '../cohort.js';
import { DataError } from '../dataError.js';
import type { ExpressionTable } from '../genes/expressionTable.js';
import { readCaseRows, readPorpoiseAssay } from '../genes/readExpression.js';
import { readStarCounts } from '../genes/readStarCounts.js';
import { readXena } from '../genes/readXena.js';
import { openStarFolder } from '../genes/starFolder.js';
import { logTransform } from '../genes/transform.js';
import type { BagSource } from '../histology/bagSource.js';
import { featureTokens } from '../histology/featureTable.js';
import { readHif2gene } from '../histology/hif2gene.js';
import { readPackedFeatures } from '../histology/packedFeatures.js';
import { PATCH_MAPS, readPatchMaps } from '../histology/patchMaps.js';
import { readPathologistReads } from '../histology/pathologistReads.js';
import { readTableFile, unpacked } from '../tables/tableFile.js';
import type { CohortFile } from './cohortFile.js';
import { contradictionsIn, describedOtherwise } from './secondOpinion.js';
import type { AssembleOptions } from './assembleCohort.js';

/** Stage, grade and subtype from other tables, where the table of outcomes says nothing. */
export async function readDescriptions(outcomes: SurvivalTable, paths: readonly string[]) {
  const cases = new Map(outcomes.cases);
  const findings: DataFinding[] = [];
  const digests: [path: string, sha256: string][] = [];
  for (const path of paths) {
    const table = readAttributes(await readTableFile(path));
    findings.push(...contradictionsIn(table), ...describedOtherwise(outcomes, table));
    digests.push([table.path, table.sha256]);
    for (const [caseId, one] of cases) {
      const more: CaseAttributes | undefined = table.cases.get(caseId);
      if (more) cases.set(caseId, { ...more, ...one });
    }
  }
  return { cases, findings, digests };
}

/** The table of outcomes that a cohort file names. */
export async function readOutcomes(
  name: string,
  { layout, file }: Pick<CohortFile['outcomes'], 'layout' | 'file'>,
): Promise<SurvivalTable> {
  if (layout === 'gdc') return readGdcClinical(await unpacked(file), file);
  const layouts: Record<Exclude<typeof layout, 'gdc'>, ClinicalLayout> = {
    survpath: SURVPATH,
    porpoise: PORPOISE,
    rtcga: rtcgaLayout(name),
    'tcga-cdr': tcgaCdrLayout(name),
    hif2gene: HIF2GENE,
  };
  const sheet = layout === 'tcga-cdr' && { sheet: TCGA_CDR_SHEET };
  return readSurvival(await readTableFile(file, { ...sheet }), layouts[layout]);
}

/** Expression as the cohort file asks for it, transformed and not yet scaled. */
export async function readGenes({ genes }: CohortFile): Promise<ExpressionTable> {
  const table = await openGenes(genes);
  return genes.transform ? logTransform(table, genes.transform) : table;
}

async function openGenes({
  layout,
  file,
  folder,
  measure,
  symbols,
  sampleTypes,
}: CohortFile['genes']): Promise<ExpressionTable> {
  const table = await readTableFile(file, layout === 'star-counts' ? { delimiter: '\t' } : {});
  if (layout === 'porpoise') return readPorpoiseAssay(table, 'rnaseq');
  if (layout === 'xena') return readXena(table, 'unstated', sampleTypes);
  if (layout === 'case-rows') return readCaseRows(table);
  const read = readStarCounts(await openStarFolder(table, folder!), {
    ...(measure && { measure }),
    ...(symbols && { symbols }),
    ...(sampleTypes && { sampleTypes }),
  });
  // The sheet says whose file is whose; the digest is of both.
  const sha256 = createHash('sha256').update(`${table.sha256} ${read.sha256}`).digest('hex');
  return { ...read, path: table.path, sha256 };
}

/** Undefined for synthetic patches. */
export async function readHistology(
  { name, histology: { layout, file, channels, fill } }: CohortFile,
  { training, sharedFeatures, fitted }: AssembleOptions,
): Promise<BagSource | undefined> {
  if (layout === 'synthetic') return undefined;
  if (layout === 'packed') return readPackedFeatures(file!);
  if (layout === 'patch-maps') {
    const which = channels ?? (name === 'brca' || name === 'blca' ? name : undefined);
    if (!which)
      throw new DataError(file!, `which channels its maps have is not known for ${name}; set channels`);
    return readPatchMaps(file!, PATCH_MAPS[which]);
  }
  const table = await readTableFile(file!);
  if (layout === 'pathologist-reads') return readPathologistReads(table, name);
  return featureTokens(readHif2gene(table), {
    ...(fill && { fill }),
    ...(sharedFeatures && { shared: sharedFeatures }),
    ...(training && { fitOn: training }),
    ...(fitted?.features && { fitted: fitted.features }),
  });
}

/** Only these genes, in this order. */
export function restrictGenes(
  table: ExpressionTable,
  shared: readonly string[] | undefined,
): ExpressionTable {
  if (!shared) return table;
  const position = new Map(table.genes.map((gene, i) => [gene, i]));
  const columns = shared.map((gene) => {
    const at = position.get(gene);
    if (at === undefined) throw new DataError(table.path, `has no gene ${gene}`);
    return at;
  });
  const cases = [...table.cases].map(
    ([id, values]) => [id, Float64Array.from(columns, (at) => values[at]!)] as const,
  );
  return { ...table, genes: shared, cases: new Map(cases) };
}
