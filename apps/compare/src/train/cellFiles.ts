import Papa from 'papaparse';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SurvivalError } from '@concord/survival';
import { concordanceOf, type JudgedCase } from '@concord/training';
import { writeAtomic } from '../files/write-atomic.js';
import type { CellAgreement } from './cellAgreement.js';
import type { CellData } from './cellData.js';
import { concordanceInterval } from './concordanceInterval.js';

/** Version of the form of a cell's result. */
export const CELL_SCHEMA = 'concord.cell/1';

export type Role = 'in-domain' | 'cross-domain';

/** A judged case, and whether its cohort trained. */
export interface RoledCase extends JudgedCase {
  readonly role: Role;
}

/** What a cell says of one cohort. */
export interface TargetResult {
  readonly cohort: string;
  readonly role: Role;
  readonly cases: number;
  readonly events: number;
  /** Null where no pair of cases is comparable, as in a cohort without events. */
  readonly cindex: number | null;
  /** 95 %, from resampled cases; null where too few resamples have a comparable pair. */
  readonly interval?: readonly [lower: number, upper: number] | null;
}

/** Written last: a cell without it is not done. */
export interface CellResult {
  readonly schema: typeof CELL_SCHEMA;
  readonly hash: string;
  readonly stack: 'ts' | 'torch' | 'sksurv';
  readonly backbone: string;
  readonly module: string;
  readonly source: string;
  readonly seed: number;
  readonly fold: number;
  readonly epochs: number;
  readonly steps: number;
  readonly seconds: number;
  readonly parameters: number;
  readonly finalLoss: number | null;
  readonly targets: readonly TargetResult[];
  /** Of both stacks, where both ran. */
  readonly agreement?: CellAgreement;
}

/** Cases by role and cohort, in the order of the first of each. */
export function judgedCohorts(judged: readonly RoledCase[]): RoledCase[][] {
  const groups = new Map<string, RoledCase[]>();
  for (const one of judged) {
    const key = `${one.role}/${one.one.cohort}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

/** The C-index of every cohort that was judged. @param note hears why one has none. */
export function targetResults(judged: readonly RoledCase[], note: (text: string) => void): TargetResult[] {
  return judgedCohorts(judged).map((cases) => ({
    ...{ cohort: cases[0]!.one.cohort, role: cases[0]!.role, cases: cases.length },
    events: cases.filter(({ one }) => one.event).length,
    cindex: concordanceOrNull(cases, note),
    interval: concordanceInterval(
      { times: cases.map(({ one }) => one.timeMonths), events: cases.map(({ one }) => one.event) },
      cases.map(({ risk }) => risk),
    ),
  }));
}

function concordanceOrNull(cases: readonly RoledCase[], note: (text: string) => void): number | null {
  try {
    return concordanceOf(cases);
  } catch (error) {
    if (!(error instanceof SurvivalError)) throw error;
    note(`${cases[0]!.one.cohort} (${cases[0]!.role}): no C-index, ${error.message}`);
    return null;
  }
}

/** Who trained, who was held out, who was only judged, with the time bins that the training's edges give. */
export function writeCases(folder: string, { training, heldOut, targets }: CellData): void {
  const parts = { training: training.cases, 'in-domain': heldOut, 'cross-domain': targets };
  const rows = Object.entries(parts).flatMap(([role, cases]) =>
    cases.map(({ cohort, caseId, slideIds, timeMonths, event, bin }) => ({
      ...{
        cohort,
        role,
        case: caseId,
        months: timeMonths,
        event: event ? 1 : 0,
        bin,
        slides: slideIds.length,
      },
    })),
  );
  writeAtomic(join(folder, 'cases.csv'), `${Papa.unparse(rows, { newline: '\n' })}\n`);
}

/** Every case that was judged, with its risk, and the vector before the head where there is one. */
export function writeRisks(folder: string, judged: readonly RoledCase[]): void {
  const rows = judged.map(({ one, role, risk, hazard }) => ({
    ...{ cohort: one.cohort, role, case: one.caseId, months: one.timeMonths, event: one.event ? 1 : 0, risk },
    ...Object.fromEntries((hazard ?? []).map((value, i) => [`hazard${i}`, value])),
  }));
  writeAtomic(join(folder, 'risks.csv'), `${Papa.unparse(rows, { newline: '\n' })}\n`);
  if (!judged[0]?.embedding) return;
  const vectors = judged.map(({ one, embedding = [] }) => ({
    ...{ cohort: one.cohort, case: one.caseId },
    // Six digits show where a case lies.
    ...Object.fromEntries(embedding.map((value, i) => [`x${i}`, Number(value.toPrecision(6))])),
  }));
  writeAtomic(join(folder, 'embeddings.csv'), `${Papa.unparse(vectors, { newline: '\n' })}\n`);
}

/** The result of a cell that is done, if it is of this configuration. */
export function readResult(folder: string, hash: string): CellResult | undefined {
  const path = join(folder, 'result.json');
  if (!existsSync(path)) return undefined;
  const result = JSON.parse(readFileSync(path, 'utf8')) as CellResult;
  return result.hash === hash ? result : undefined;
}

/** The last file of a cell; without `keep` its checkpoints go then. */
export function writeResult(folder: string, result: CellResult, keep: boolean): void {
  writeAtomic(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
  if (!keep) rmSync(join(folder, 'checkpoints'), { recursive: true, force: true });
}
