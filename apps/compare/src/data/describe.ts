import { basename } from 'node:path';
import {
  assembleCohort,
  DataError,
  checkLeakage,
  featureStatistics,
  readCohortFile,
  readSplit,
  readTableFile,
  siteConfounding,
  type AssembledCohort,
  type AttritionStep,
  type DataFinding,
  type FeatureStatistics,
  type Fitted,
  type Leak,
  type PathwayOverlap,
  type SiteConfounding,
  type Split,
} from '@concord/data';
import { kaplanMeier, type KaplanMeier } from '@concord/survival';
import { cohortPage } from './cohortPage.js';
import { cohortText } from './cohortText.js';

/** Everything that `concord data describe` says of one cohort. */
export interface CohortDescription {
  readonly name: string;
  readonly cases: number;
  readonly events: number;
  readonly slides: number;
  /** In months. */
  readonly followUp: {
    readonly median: number;
    readonly longest: number;
    /** Of every case, in the cohort's order. */
    readonly times: readonly number[];
    readonly events: readonly boolean[];
  };
  /** Month at which half are free of the event; null if more always are. */
  readonly medianSurvival: number | null;
  readonly genes: number;
  readonly pathways: number;
  /** Genes of each pathway, and how many of them were measured; empty where all genes are one pathway. */
  readonly overlap: readonly PathwayOverlap[];
  readonly features: FeatureStatistics;
  /** Tokens of a bag. */
  readonly tokens: {
    readonly smallest: number;
    readonly median: number;
    readonly largest: number;
    readonly width: number;
  };
  /** Edges of the time bins in months, and cases in each. */
  readonly bins: { readonly edges: readonly number[]; readonly cases: readonly number[] };
  readonly synthetic: readonly string[];
  readonly attrition: readonly AttritionStep[];
  /** Tissue source sites by number of cases, the largest first. */
  readonly sites: readonly { readonly site: string; readonly cases: number; readonly events: number }[];
  readonly siteConfounding: SiteConfounding;
  /** Share of cases that say it, by what is said. */
  readonly attributes: Readonly<Record<string, number>>;
  readonly fitted: Fitted;
  readonly findings: readonly DataFinding[];
  readonly leaks: readonly (Leak & { readonly split: string })[];
  readonly digests: Readonly<Record<string, string>>;
}

/** A description and the curve that only the picture needs. */
export interface DescribedCohort {
  readonly description: CohortDescription;
  readonly curve: KaplanMeier;
  /** Paths of the splits that name its cases. */
  readonly checked: readonly string[];
}

/** Assemble and describe cohorts, one after the other; `note` hears how it goes along. */
export async function describeCohorts(
  files: readonly string[],
  splits: readonly string[],
  note: (text: string) => void,
  fitOn?: string,
): Promise<{ descriptions: CohortDescription[]; text: string; page: () => string }> {
  const described: DescribedCohort[] = [];
  const read = await Promise.all(splits.map(readNamedSplit));
  const training = fitOn === undefined ? undefined : new Set((await readNamedSplit(fitOn)).train);
  for (const file of files) {
    note(`reading ${basename(file)} …`);
    described.push(await describeCohort(file, read, training));
  }
  const strange = read.find(({ path }) => !described.some(({ checked }) => checked.includes(path)));
  if (strange) {
    const names = described.map(({ description }) => description.name).join(', ');
    throw new DataError(strange.path, `names no case of ${names}; is it a split of another cohort?`);
  }
  const descriptions = described.map(({ description }) => description);
  return {
    descriptions,
    text: descriptions.map(cohortText).join('\n\n'),
    page: () => cohortPage(described),
  };
}

interface NamedSplit extends Split {
  readonly path: string;
}

async function readNamedSplit(path: string): Promise<NamedSplit> {
  return { path, ...readSplit(await readTableFile(path)) };
}

async function describeCohort(
  file: string,
  splits: readonly NamedSplit[],
  training: ReadonlySet<string> | undefined,
): Promise<DescribedCohort> {
  const cohort = await assembleCohort(await readCohortFile(file), training ? { training } : {});
  try {
    return await describeAssembled(cohort, splits);
  } finally {
    cohort.close();
  }
}

async function describeAssembled(
  cohort: AssembledCohort,
  splits: readonly NamedSplit[],
): Promise<DescribedCohort> {
  const own = splits.filter((split) => namesCasesOf(cohort, split));
  const times = cohort.cases.map(({ timeMonths }) => timeMonths);
  const events = cohort.cases.map(({ event }) => event);
  const curve = kaplanMeier({ times, events });
  const tokens = cohort.cases.map(({ patchCount }) => patchCount).sort((a, b) => a - b);
  const description: CohortDescription = {
    name: cohort.name,
    cases: cohort.cases.length,
    events: events.filter(Boolean).length,
    slides: new Set(cohort.cases.flatMap(({ slideIds }) => slideIds)).size,
    followUp: {
      median: median([...times].sort((a, b) => a - b)),
      longest: Math.max(...times),
      times,
      events,
    },
    medianSurvival: Number.isFinite(curve.median) ? curve.median : null,
    genes: new Set(cohort.pathways.flatMap(({ genes }) => genes)).size,
    pathways: cohort.pathways.length,
    overlap: cohort.overlap,
    features: await featureStatistics(cohort),
    tokens: {
      smallest: tokens[0]!,
      median: median(tokens),
      largest: tokens.at(-1)!,
      width: cohort.patchWidth,
    },
    bins: {
      edges: cohort.edges,
      cases: cohort.edges.slice(1).map((_, bin) => cohort.cases.filter((one) => one.bin === bin).length),
    },
    synthetic: Object.entries(cohort.synthetic).flatMap(([part, made]) => (made ? [part] : [])),
    attrition: cohort.attrition,
    sites: sitesOf(cohort),
    siteConfounding: siteConfounding(cohort.cases),
    attributes: attributesOf(cohort),
    fitted: cohort.fitted,
    findings: [...cohort.findings, ...own.flatMap((split) => splitFindings(cohort, split))],
    leaks: own.flatMap((split) => leaksOf(cohort, split)),
    digests: cohort.digests,
  };
  return { description, curve, checked: own.map(({ path }) => path) };
}

function namesCasesOf({ cases }: AssembledCohort, { train, validation }: Split): boolean {
  const known = new Set(cases.map(({ caseId }) => caseId));
  return [...train, ...validation].some((id) => known.has(id));
}

function leaksOf(cohort: AssembledCohort, split: NamedSplit): (Leak & { split: string })[] {
  const slidesOf = new Map(cohort.cases.map(({ caseId, slideIds }) => [caseId, slideIds]));
  const leaks = checkLeakage(split, { fileOf: cohort.bagDigests, slidesOf });
  return leaks.map((leak) => ({ ...leak, split: basename(split.path) }));
}

/** What is no leak and has to be known: cases of the split that are not there, sites on both sides. */
function splitFindings(cohort: AssembledCohort, split: NamedSplit): DataFinding[] {
  const known = new Map(cohort.cases.map((one) => [one.caseId, one]));
  const notes = checkLeakage(split, { known: new Set(known.keys()), sites: true }).filter(
    ({ kind }) => kind === 'unknown-case' || kind === 'shared-site',
  );
  const counts = (['train', 'validation'] as const).map((side) => {
    const there = [...new Set(split[side])].flatMap((id) => known.get(id) ?? []);
    return `${there.length} cases with ${there.filter(({ event }) => event).length} events in ${side}`;
  });
  const name = basename(split.path);
  return [
    { kind: 'split', title: `${name}: ${counts.join(', ')}`, detail: '' },
    ...notes.map(({ kind, title, cases }) => ({ kind, title: `${name}: ${title}`, detail: cases.join(' ') })),
  ];
}

function sitesOf({ cases }: AssembledCohort): CohortDescription['sites'] {
  const counts = new Map<string, { site: string; cases: number; events: number }>();
  for (const { caseId, event } of cases) {
    const site = caseId.split('-')[1] ?? '';
    const one = counts.get(site) ?? { site, cases: 0, events: 0 };
    one.cases += 1;
    one.events += event ? 1 : 0;
    counts.set(site, one);
  }
  return [...counts.values()].sort((a, b) => b.cases - a.cases || (a.site < b.site ? -1 : 1));
}

function attributesOf({ cases, clinical }: AssembledCohort): Record<string, number> {
  const names = ['age', 'sex', 'stage', 'grade', 'subtype'] as const;
  const share = (name: (typeof names)[number]) =>
    cases.filter(({ caseId }) => clinical.get(caseId)?.[name] !== undefined).length / cases.length;
  return Object.fromEntries(names.map((name) => [name, share(name)]));
}

function median(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
