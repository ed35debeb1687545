import { basename } from 'node:path';
import {
  assembleCohort,
  checkLeakage,
  readCohortFile,
  readSplit,
  readTableFile,
  type AssembledCohort,
  type AttritionStep,
  type DataFinding,
  type Leak,
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
  readonly followUp: { readonly median: number; readonly longest: number };
  /** Month at which half are free of the event; null if more always are. */
  readonly medianSurvival: number | null;
  readonly genes: number;
  readonly pathways: number;
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
  readonly sites: readonly (readonly [site: string, cases: number])[];
  readonly findings: readonly DataFinding[];
  readonly leaks: readonly (Leak & { readonly split: string })[];
  readonly digests: Readonly<Record<string, string>>;
}

/** A description and the curve that only the picture needs. */
export interface DescribedCohort {
  readonly description: CohortDescription;
  readonly curve: KaplanMeier;
}

/** Assemble and describe cohorts, one after the other; `note` hears how it goes along. */
export async function describeCohorts(
  files: readonly string[],
  splits: readonly string[],
  note: (text: string) => void,
): Promise<{ descriptions: CohortDescription[]; text: string; page: () => string }> {
  const described: DescribedCohort[] = [];
  for (const file of files) {
    note(`reading ${basename(file)} …`);
    described.push(await describeCohort(file, splits));
  }
  const descriptions = described.map(({ description }) => description);
  return {
    descriptions,
    text: descriptions.map(cohortText).join('\n\n'),
    page: () => cohortPage(described),
  };
}

async function describeCohort(file: string, splits: readonly string[]): Promise<DescribedCohort> {
  const cohort = await assembleCohort(await readCohortFile(file));
  const times = cohort.cases.map(({ timeMonths }) => timeMonths);
  const events = cohort.cases.map(({ event }) => event);
  const curve = kaplanMeier({ times, events });
  const tokens = cohort.cases.map(({ patchCount }) => patchCount).sort((a, b) => a - b);
  const description: CohortDescription = {
    name: cohort.name,
    cases: cohort.cases.length,
    events: events.filter(Boolean).length,
    slides: new Set(cohort.cases.flatMap(({ slideIds }) => slideIds)).size,
    followUp: { median: median([...times].sort((a, b) => a - b)), longest: Math.max(...times) },
    medianSurvival: Number.isFinite(curve.median) ? curve.median : null,
    genes: new Set(cohort.pathways.flatMap(({ genes }) => genes)).size,
    pathways: cohort.pathways.length,
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
    findings: cohort.findings,
    leaks: await leaksOf(cohort, splits),
    digests: cohort.digests,
  };
  return { description, curve };
}

async function leaksOf(
  cohort: AssembledCohort,
  splits: readonly string[],
): Promise<(Leak & { split: string })[]> {
  const known = new Set(cohort.cases.map(({ caseId }) => caseId));
  const found: (Leak & { split: string })[] = [];
  for (const path of splits) {
    const split = readSplit(await readTableFile(path));
    // A split of another cohort names none of these cases; one of this cohort may name some that fell out.
    if (!split.train.some((id) => known.has(id))) continue;
    found.push(...checkLeakage(split).map((leak) => ({ ...leak, split: basename(path) })));
  }
  return found;
}

function sitesOf({ cases }: AssembledCohort): [string, number][] {
  const counts = new Map<string, number>();
  for (const { caseId } of cases) {
    const site = caseId.split('-')[1] ?? '';
    counts.set(site, (counts.get(site) ?? 0) + 1);
  }
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}

function median(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
