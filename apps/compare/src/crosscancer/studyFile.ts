import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { concordance, SurvivalError } from '@concord/survival';
import { writeAtomic } from '../files/write-atomic.js';
import { hashOf } from '../train/cellSpec.js';
import type { StudyCohort } from '../train/studyCohort.js';
import type { GridOptions } from './gridOptions.js';

/** Version of the form of a study. */
export const STUDY_SCHEMA = 'concord.study/1';

/** A cohort as a study names it. */
export interface StudyCohortRecord {
  readonly name: string;
  readonly cases: number;
  readonly events: number;
  readonly genes: number;
  readonly pathways: number;
  /** Where patches come from; `none` where no model of the study reads them. */
  readonly histology: string;
  /** Whether something that a model of the study reads comes from a generator. */
  readonly synthetic: boolean;
  readonly digests: Readonly<Record<string, string>>;
}

/** What a study stands on; `study.json`. */
export interface Study {
  readonly schema: typeof STUDY_SCHEMA;
  readonly command: string;
  readonly cohorts: readonly StudyCohortRecord[];
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly backbones: readonly string[];
  readonly modules: readonly string[];
  readonly seeds: readonly number[];
  /** Of a source's cases, and those that are held out in turn. */
  readonly folds: number;
  readonly heldOut: readonly number[];
  readonly epochs: number;
  /** Sampling, schedule, patches and what was changed of the published protocols. */
  readonly protocol: object;
  readonly scaling: string;
  readonly stack: string;
  readonly notes: readonly string[];
  readonly environment: object;
  /** C-index of the planted risk itself, in synthetic cohorts: what a perfect model would reach. */
  readonly planted?: readonly { readonly cohort: string; readonly cindex: number }[];
}

/** The study of a grid. @param readsPatches whether any of its models does. */
export function studyOf(
  grid: GridOptions,
  cohorts: readonly StudyCohort[],
  command: string,
  environment: object,
  readsPatches: boolean,
): Study {
  const { sources, targets, backbones, modules, seeds, folds, heldOut, scaling, stack, training } = grid;
  const { epochs, ...protocol } = training;
  const planted = cohorts.flatMap((cohort) => {
    const cindex = cohort.planted && plantedConcordance(cohort, cohort.planted);
    return cindex === undefined ? [] : [{ cohort: cohort.name, cindex }];
  });
  return {
    ...{ schema: STUDY_SCHEMA, command },
    cohorts: cohorts.map(({ name, cases, genes, pathways, histology, synthetic, digests }) => ({
      ...{ name, cases: cases.length, events: cases.filter(({ event }) => event).length },
      ...{ genes: genes.length, pathways: pathways.length, digests },
      histology: readsPatches ? histology : 'none',
      synthetic: synthetic.cases || (readsPatches && synthetic.patches),
    })),
    ...{ sources, targets, backbones, modules, seeds, folds, heldOut, epochs, protocol, scaling, stack },
    notes: [...new Set(cohorts.flatMap(({ notes }) => notes))],
    environment,
    ...(planted.length > 0 && { planted }),
  };
}

/**
 * Write a study's file. A folder that holds a study already takes more sources, backbones, modules and seeds, and
 * nothing else that its results depend on.
 *
 * @param replace write it in the place of a study that differs, instead.
 * @returns whether one was replaced.
 * @throws Error naming what differs.
 */
export function writeStudy(folder: string, study: Study, replace = false): boolean {
  const path = join(folder, 'study.json');
  const found = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Study) : undefined;
  const differs = found ? differences(found, study) : [];
  if (differs.length > 0 && !replace) {
    throw new Error(
      `${folder} holds a study of other ${differs.join(', ')}; use the same options, or another --out`,
    );
  }
  const known = differs.length > 0 ? undefined : found;
  // A model that reads patches may be added to a study whose models did not.
  const cohorts = study.cohorts.map((one, i) => {
    const before = known?.cohorts[i];
    return before && one.histology === 'none'
      ? { ...one, histology: before.histology, synthetic: before.synthetic }
      : one;
  });
  const joined = <T>(of: (one: Study) => readonly T[]): T[] => [
    ...new Set([...(known ? of(known) : []), ...of(study)]),
  ];
  const whole: Study = {
    ...{ ...study, cohorts },
    sources: joined(({ sources }) => sources),
    targets: joined(({ targets }) => targets),
    backbones: joined(({ backbones }) => backbones),
    modules: joined(({ modules }) => modules),
    seeds: joined(({ seeds }) => seeds),
    heldOut: joined(({ heldOut }) => heldOut),
  };
  writeAtomic(path, `${JSON.stringify(whole, null, 2)}\n`);
  return differs.length > 0;
}

/** What results depend on and is not the same. */
function differences(known: Study, study: Study): string[] {
  const fixed = ['schema', 'cohorts', 'targets', 'folds', 'epochs', 'protocol', 'scaling', 'stack'] as const;
  const comparable = (one: Study, name: (typeof fixed)[number]): unknown =>
    name === 'cohorts' ? one.cohorts.map(({ histology: _h, synthetic: _s, ...rest }) => rest) : one[name];
  return fixed.filter(
    (name) => hashOf({ value: comparable(known, name) }) !== hashOf({ value: comparable(study, name) }),
  );
}

/** Undefined where no pair of cases is comparable; the report then says so of what was to be judged on them. */
function plantedConcordance(
  { cases }: StudyCohort,
  planted: ReadonlyMap<string, number>,
): number | undefined {
  const followUp = {
    times: cases.map(({ timeMonths }) => timeMonths),
    events: cases.map(({ event }) => event),
  };
  try {
    return concordance(
      followUp,
      cases.map(({ caseId }) => planted.get(caseId)!),
    ).c;
  } catch (error) {
    if (error instanceof SurvivalError) return undefined;
    throw error;
  }
}
