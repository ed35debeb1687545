import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { ClinicalCase, SurvivalTable } from '../clinical/survivalTable.js';
import { fitTimeBins, timeBin } from '../clinical/timeBins.js';
import type { Cohort, CohortCase, DataFinding } from '../cohort.js';
import { DataError } from '../dataError.js';
import type { ExpressionTable } from '../genes/expressionTable.js';
import { joinPathways, packPathways, type PathwayJoin, type PathwayOverlap } from '../genes/pathways.js';
import { applyScaling, fitGlobalScaling, fitZScores, type Scaling } from '../genes/scaling.js';
import { readSignatures } from '../genes/signatures.js';
import type { BagSource } from '../histology/bagSource.js';
import type { RawFeatures } from '../histology/featureScaling.js';
import { syntheticPatches } from '../syntheticPatches.js';
import { unpacked } from '../tables/tableFile.js';
import { attrition, type AttritionStep } from './attrition.js';
import type { CohortFile } from './cohortFile.js';
import { fittedOn, scalingOf, type Fitted } from './fitted.js';
import { inputDigests } from './inputDigests.js';
import { compareSources } from './secondOpinion.js';
import { readDescriptions, readGenes, readHistology, readOutcomes, restrictGenes } from './readParts.js';

/** Time bins where a cohort file does not say. */
export const DEFAULT_BINS = 4;

/** A cohort with the account of how it came about. */
export interface AssembledCohort extends Cohort {
  readonly attrition: readonly AttritionStep[];
  /** What the table of outcomes says of each case. */
  readonly clinical: ReadonlyMap<string, ClinicalCase>;
  /** What was fitted on the training cases: store it with the run that used it. */
  readonly fitted: Fitted;
  /** Symbol of each gene, by the positions that `pathways` has. */
  readonly genes: readonly string[];
  /** Genes of each pathway, and how many of them were measured. */
  readonly overlap: readonly PathwayOverlap[];
  /** Digest of what each case's bag is read from, where it has files of its own: equal ones are one slide twice. */
  readonly bagDigests: ReadonlyMap<string, string>;
  /** What each number of a patch token is; empty for synthetic patches. */
  readonly channels: readonly string[];
  /** Where bags can be scaled by what is fitted on other cases than `fitted` was. */
  readonly rawFeatures?: RawFeatures;
  /** Whether each token of a bag is a named feature, its value first, and not a patch. */
  readonly namedTokens: boolean;
  /** Let go of the files that bags are read from. */
  close(): void;
}

/** What a study decides, not the cohort file. */
export interface AssembleOptions {
  /** Cases that scalers, fills and time bins are fitted on; default all, as the published code does. */
  readonly training?: ReadonlySet<string>;
  /** Edges of time bins, in months, where they are known or found later: then nobody has to have an event. */
  readonly edges?: readonly number[];
  /** What was fitted before, on training cases or on the source cohort: nothing is fitted then. */
  readonly fitted?: Fitted;
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
  const found = await readOutcomes(file.name, file.outcomes);
  const described = await readDescriptions(found, file.attributes ?? []);
  const outcomes: SurvivalTable = { ...found, cases: described.cases };
  const expression = restrictGenes(await readGenes(file), options.sharedGenes);
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
  const { pathways, findings, overlap, digest } = await joinSets(file, expression);
  const scaling = options.fitted
    ? scalingOf(options.fitted, expression.genes, expression.path)
    : fitScaling(
        file,
        training.map((id) => expression.cases.get(id)!),
      );
  const followUp = (id: string) => outcomes.cases.get(id)!.outcomes[endpoint]!;
  const edges =
    options.edges ??
    options.fitted?.edges ??
    fitTimeBins(training.map(followUp), file.bins ?? DEFAULT_BINS, outcomes.path);
  const fitted =
    options.fitted ??
    fittedOn({
      cohort: file.name,
      cases: training.length,
      edges,
      ...(scaling && { genes: { names: scaling.shift.length === 1 ? [] : expression.genes, scaling } }),
      ...(histology?.fitted && { features: histology.fitted }),
    });
  const second = file.outcomes.compare && (await readOutcomes(file.name, file.outcomes.compare));
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
    digests: inputDigests([
      [outcomes.path, outcomes.sha256],
      ...described.digests,
      ...(second ? ([[second.path, second.sha256]] as const) : []),
      [expression.path, expression.sha256],
      ...digest,
      ...Object.entries(histology?.digests ?? {}),
    ]),
    findings: [
      ...(second ? compareSources(outcomes, second) : []),
      ...described.findings,
      ...findings,
      fittedFinding(fitted, file.name, kept.length),
      ...notes(outcomes, expression, histology, file),
    ],
    attrition: chain,
    clinical: outcomes.cases,
    fitted,
    genes: expression.genes,
    overlap,
    bagDigests: new Map(
      kept.flatMap((id) => {
        const digest = histology?.cases.get(id)?.digest;
        return digest === undefined ? [] : [[id, digest] as const];
      }),
    ),
    channels: histology?.channels ?? [],
    ...(histology?.raw && { rawFeatures: histology.raw }),
    namedTokens: histology?.namedTokens ?? false,
    close: () => histology?.close?.(),
  };
}

/** Which cases gave the numbers that all others are mapped by; nobody may have to guess. */
function fittedFinding({ cohort, cases }: Fitted, name: string, all: number): DataFinding {
  if (cohort !== name) {
    const title = `Scaling and time bins were fitted on ${cases} cases of ${cohort}`;
    return { kind: 'fitted-elsewhere', title, detail: '' };
  }
  const detail =
    'Validation cases are among them, as in the published code; name training cases to keep others out.';
  return {
    kind: cases === all ? 'fitted-on-all' : 'fitted-on-training',
    title: `Scaling and time bins were fitted on ${cases} of ${all} cases`,
    detail: cases === all ? detail : '',
  };
}

interface JoinedSets extends Pick<PathwayJoin, 'pathways' | 'overlap'> {
  readonly findings: DataFinding[];
  readonly digest: readonly (readonly [path: string, sha256: string])[];
}

async function joinSets(
  { genes: { pathways: path, smallestPathway } }: CohortFile,
  { genes }: ExpressionTable,
): Promise<JoinedSets> {
  if (!path) {
    const all = { name: 'all genes', genes: genes.map((_, i) => i) };
    return { pathways: [all], overlap: [], findings: [], digest: [] };
  }
  const bytes = await unpacked(path);
  const sets = readSignatures(bytes, path);
  const there = new Set(genes);
  const measuredOf = (set: readonly string[]) => set.filter((gene) => there.has(gene)).length;
  const large =
    smallestPathway === undefined
      ? sets
      : new Map([...sets].filter(([, set]) => measuredOf(set) >= smallestPathway));
  if (large.size === 0) throw new DataError(path, `no signature has ${smallestPathway} measured genes`);
  const { pathways, asked, measured, overlap } = joinPathways(large, genes, path);
  const leftOut = [...sets.keys()].filter((name) => !large.has(name));
  const sizes = pathways.map((pathway) => pathway.genes.length);
  const finding: DataFinding = {
    kind: 'pathway-coverage',
    title: `${measured} of ${asked} signature genes were measured`,
    detail: `${pathways.length} of ${sets.size} pathways, with ${Math.min(...sizes)} to ${Math.max(...sizes)} measured genes each.`,
  };
  const few: DataFinding = {
    kind: 'pathways-left-out',
    title: `${leftOut.length} pathways have fewer than ${smallestPathway} measured genes and are left out`,
    detail: leftOut.join('; '),
  };
  const digest = [[path, createHash('sha256').update(bytes).digest('hex')] as const];
  return { pathways, overlap, findings: [finding, ...(leftOut.length ? [few] : [])], digest };
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
