import { basename } from 'node:path';
import {
  HIF2GENE,
  PORPOISE,
  rtcgaLayout,
  SURVPATH,
  tcgaCdrLayout,
  type ClinicalLayout,
} from '../clinical/clinicalLayout.js';
import { compareSurvival } from '../clinical/compareSurvival.js';
import { readGdcClinical } from '../clinical/gdcClinical.js';
import { readSurvival } from '../clinical/readSurvival.js';
import { rowsOutOfOrder } from '../clinical/rowOrder.js';
import type { ClinicalCase, SurvivalTable } from '../clinical/survivalTable.js';
import { fitTimeBins, timeBin } from '../clinical/timeBins.js';
import type { Cohort, CohortCase, DataFinding } from '../cohort.js';
import { DataError } from '../dataError.js';
import type { ExpressionTable } from '../genes/expressionTable.js';
import { joinPathways, packPathways, type PathwayJoin } from '../genes/pathways.js';
import { readCaseRows, readPorpoiseAssay } from '../genes/readExpression.js';
import { readStarCounts } from '../genes/readStarCounts.js';
import { readXena } from '../genes/readXena.js';
import { applyScaling, fitGlobalScaling, fitZScores, type Scaling } from '../genes/scaling.js';
import { readSignatures } from '../genes/signatures.js';
import { openStarFolder } from '../genes/starFolder.js';
import { logTransform } from '../genes/transform.js';
import type { BagSource } from '../histology/bagSource.js';
import { featureTokens } from '../histology/featureTable.js';
import { readHif2gene } from '../histology/hif2gene.js';
import { readPackedFeatures } from '../histology/packedFeatures.js';
import { PATCH_MAPS, readPatchMaps } from '../histology/patchMaps.js';
import { readPathologistReads } from '../histology/pathologistReads.js';
import { syntheticPatches } from '../syntheticPatches.js';
import { readTableFile, unpacked } from '../tables/tableFile.js';
import { attrition, type AttritionStep } from './attrition.js';
import type { CohortFile } from './cohortFile.js';

/** A cohort with the account of how it came about. */
export interface AssembledCohort extends Cohort {
  readonly attrition: readonly AttritionStep[];
  /** What the table of outcomes says of each case. */
  readonly clinical: ReadonlyMap<string, ClinicalCase>;
  /** What was fitted on the training cases; absent where genes are taken as they are. */
  readonly scaling?: Scaling;
  /** What each number of a patch token is; empty for synthetic patches. */
  readonly channels: readonly string[];
  /** Let go of the files that bags are read from. */
  close(): void;
}

/** What a study decides, not the cohort file. */
export interface AssembleOptions {
  /** Cases that scalers, fills and time bins are fitted on; default all, as the published code does. */
  readonly training?: ReadonlySet<string>;
  /** Histology features and genes that another cohort has as well: use these, in this order. */
  readonly sharedFeatures?: readonly string[];
  readonly sharedGenes?: readonly string[];
  /** Of synthetic patches. */
  readonly patches?: number;
  readonly patchWidth?: number;
  readonly seed?: number;
}

/**
 * Put a cohort together: the cases that have outcome, genes and histology, paired by case id, with an account
 * of who fell out where.
 *
 * @param file as `readCohortFile` gives it.
 * @throws DataError naming file, place and remedy; also when no case is left, with the step that lost the last.
 */
export async function assembleCohort(
  file: CohortFile,
  options: AssembleOptions = {},
): Promise<AssembledCohort> {
  const { endpoint } = file.outcomes;
  const outcomes = await readOutcomes(file.name, file.outcomes);
  const expression = restrict(await readGenes(file), options.sharedGenes);
  const histology = await readHistology(file, options);
  const { kept, chain } = attrition(
    `cases in ${basename(outcomes.path)}`,
    [...outcomes.cases.keys()],
    [
      [`usable ${endpoint}`, (id) => outcomes.cases.get(id)!.outcomes[endpoint] !== undefined],
      [`genes in ${basename(expression.path)}`, (id) => expression.cases.has(id)],
      ...(histology
        ? [[`histology in ${basename(histology.path)}`, (id: string) => histology.cases.has(id)] as const]
        : []),
    ],
  );
  const lost = chain.find(({ kept: left }) => left === 0);
  if (lost) throw new DataError(file.name, `no case is left with ${lost.step}; are the files of one cohort?`);

  const training = options.training ? kept.filter((id) => options.training!.has(id)) : kept;
  if (training.length === 0) throw new DataError(file.name, 'none of the training cases is in the cohort');
  const { pathways, findings } = await joinSets(file, expression);
  const scaling = fitScaling(
    file,
    training.map((id) => expression.cases.get(id)!),
  );
  const followUp = (id: string) => outcomes.cases.get(id)!.outcomes[endpoint]!;
  const edges = fitTimeBins(training.map(followUp), file.bins ?? 4, outcomes.path);
  const { patches = 256, patchWidth = 64, seed = 7 } = options;
  const made = file.synthetic ?? false;
  const recipe = { cohort: file.name, seed, width: patchWidth, shift: 0.4, signal: 0 };

  const cases = kept.map((caseId): CohortCase => {
    const { slideIds } = outcomes.cases.get(caseId)!;
    const genes = expression.cases.get(caseId)!;
    const bag = histology?.cases.get(caseId);
    return {
      caseId,
      slideIds: bag?.slideIds.length ? bag.slideIds : slideIds,
      ...followUp(caseId),
      bin: timeBin(clampTime(followUp(caseId).timeMonths, edges), edges, caseId),
      genes: packPathways(scaling ? applyScaling(scaling, genes) : genes, pathways),
      patchCount: bag?.rows ?? patches,
      patches: () => bag?.read() ?? syntheticPatches(recipe, caseId, 0, patches),
      ...(bag?.load && { load: (rows, into) => bag.load!(rows, into) }),
    };
  });
  return {
    name: file.name,
    source: outcomes.path,
    synthetic: { cases: made, genes: made, patches: made || !histology, outcomes: made },
    pathways,
    patchWidth: histology?.width ?? patchWidth,
    edges,
    cases,
    digests: {
      [basename(outcomes.path)]: outcomes.sha256,
      [basename(expression.path)]: expression.sha256,
      ...Object.fromEntries(
        Object.entries(histology?.digests ?? {}).map(([path, sha256]) => [basename(path), sha256]),
      ),
    },
    findings: [
      ...(await secondOpinion(file, outcomes)),
      ...findings,
      ...notes(outcomes, expression, histology, file),
    ],
    attrition: chain,
    clinical: outcomes.cases,
    ...(scaling && { scaling }),
    channels: histology?.channels ?? [],
    close: () => histology?.close?.(),
  };
}

/** What a second source of outcomes says otherwise. */
async function secondOpinion(cohort: CohortFile, first: SurvivalTable): Promise<DataFinding[]> {
  const { compare } = cohort.outcomes;
  if (!compare) return [];
  const second = await readOutcomes(cohort.name, compare);
  const disagreements = compareSurvival(first, second);
  const [one, other] = [basename(first.path), basename(second.path)];
  const shifted = rowsOutOfOrder(first, second, disagreements).map(
    ({ endpoint, shared, differing, swapped }): DataFinding => ({
      kind: 'rows-out-of-order',
      title: `Times stand beside the wrong ids: ${one} or ${other}, ${endpoint}`,
      detail: `${differing} of ${shared} cases differ, and ${swapped} of them have another case's time. One table was sorted without its times; find out which before you use either.`,
    }),
  );
  const examples = disagreements
    .slice(0, 5)
    .map(({ caseId, endpoint, field, values }) => `${caseId} ${endpoint} ${field}: ${values.join(' and ')}`);
  const listed: DataFinding = {
    kind: 'sources-disagree',
    title: `${one} and ${other} disagree in ${disagreements.length} places; ${one} is used`,
    detail: examples.join('; '),
  };
  return disagreements.length ? [...shifted, listed] : [];
}

async function readOutcomes(
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
  return readSurvival(await readTableFile(file), layouts[layout]);
}

async function readGenes({ genes }: CohortFile): Promise<ExpressionTable> {
  const table = await openGenes(genes);
  return genes.transform ? logTransform(table, genes.transform) : table;
}

async function openGenes({ layout, file, folder, measure }: CohortFile['genes']): Promise<ExpressionTable> {
  const table = await readTableFile(file, layout === 'star-counts' ? { delimiter: '\t' } : {});
  if (layout === 'porpoise') return readPorpoiseAssay(table, 'rnaseq');
  if (layout === 'xena') return readXena(table, 'unstated');
  if (layout === 'case-rows') return readCaseRows(table);
  return readStarCounts(await openStarFolder(table, folder!), measure ? { measure } : {});
}

/** Undefined for synthetic patches. */
async function readHistology(
  { name, histology: { layout, file, channels, fill } }: CohortFile,
  { training, sharedFeatures }: AssembleOptions,
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
  });
}

/** Only these genes, in this order. */
function restrict(table: ExpressionTable, shared: readonly string[] | undefined): ExpressionTable {
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

async function joinSets(
  { genes: { pathways: path, smallestPathway } }: CohortFile,
  { genes }: ExpressionTable,
): Promise<Pick<PathwayJoin, 'pathways'> & { findings: DataFinding[] }> {
  if (!path) return { pathways: [{ name: 'all genes', genes: genes.map((_, i) => i) }], findings: [] };
  const sets = readSignatures(await unpacked(path), path);
  const there = new Set(genes);
  const measuredOf = (set: readonly string[]) => set.filter((gene) => there.has(gene)).length;
  const large =
    smallestPathway === undefined
      ? sets
      : new Map([...sets].filter(([, set]) => measuredOf(set) >= smallestPathway));
  if (large.size === 0) throw new DataError(path, `no signature has ${smallestPathway} measured genes`);
  const { pathways, asked, measured } = joinPathways(large, genes, path);
  const sizes = pathways.map((pathway) => pathway.genes.length);
  const finding: DataFinding = {
    kind: 'pathway-coverage',
    title: `${measured} of ${asked} signature genes were measured`,
    detail: `${pathways.length} of ${sets.size} pathways, with ${Math.min(...sizes)} to ${Math.max(...sizes)} measured genes each.`,
  };
  return { pathways, findings: [finding] };
}

function fitScaling(
  { genes: { scaling = 'global-min-max' } }: CohortFile,
  rows: Float64Array[],
): Scaling | undefined {
  if (scaling === 'none') return undefined;
  return scaling === 'z-score' ? fitZScores(rows) : fitGlobalScaling(rows);
}

/** A case outside the follow-up of the training cases belongs to the first or the last bin. */
function clampTime(months: number, edges: readonly number[]): number {
  const last = edges.at(-1)!;
  return Math.min(Math.max(months, edges[0]!), last - Math.abs(last) * 2 ** -50);
}

function notes(
  outcomes: SurvivalTable,
  expression: ExpressionTable,
  histology: BagSource | undefined,
  { outcomes: { endpoint }, synthetic }: CohortFile,
): DataFinding[] {
  const excluded = outcomes.excluded.filter((one) => one.endpoint === undefined || one.endpoint === endpoint);
  const findings: DataFinding[] = [];
  if (synthetic) {
    const detail =
      'Cases, genes, patches and outcomes come from a generator; they say nothing about patients.';
    findings.push({ kind: 'synthetic-cohort', title: 'The cohort is synthetic', detail });
  } else if (!histology) {
    const detail = 'Genes and outcomes are real; patches come from a generator.';
    findings.push({ kind: 'synthetic-patches', title: 'The patch features are synthetic', detail });
  }
  return [
    ...findings,
    ...excluded.map(({ where, caseId, reason }) => ({
      kind: 'case-excluded',
      title: `${caseId || 'A row'} has no usable ${endpoint}`,
      detail: `${reason} (${where})`,
    })),
    ...[...expression.notes, ...(histology?.notes ?? [])].map((note) => ({
      kind: 'reader-note',
      title: note,
      detail: '',
    })),
  ];
}
