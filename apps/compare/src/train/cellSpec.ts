import { createHash } from 'node:crypto';
import type { Protocol } from '@concord/backbone';
import type { EarlyStop, Sampling, Schedule } from '@concord/training';
import type { CellCases } from './cellData.js';
import type { StudyCohort } from './studyCohort.js';

/** By whom a cell is computed. */
export const STACKS = ['ts', 'torch', 'both'] as const;

export type StackName = (typeof STACKS)[number];

/** What a person may change of a published protocol. */
export interface ProtocolChanges {
  readonly lr?: number;
  readonly weightDecay?: number;
  readonly batch?: number;
  readonly accumulate?: number;
}

/** How a model is trained in a cell. */
export interface TrainingChoice {
  readonly epochs: number;
  readonly sampling: Sampling;
  readonly schedule: Schedule;
  readonly changes: ProtocolChanges;
  /** Patches of a case in an epoch. */
  readonly patches?: number;
  /** On the held-out cases. */
  readonly stop?: EarlyStop;
}

/** One training and what it is judged on. */
export interface CellSpec extends CellCases {
  readonly backbone: string;
  readonly module: string;
  readonly stack: StackName;
  readonly seed: number;
  readonly training: TrainingChoice;
}

/** Everything that determines a cell's result, as plain data. */
export function cellConfig(
  { sources, targets, ...spec }: CellSpec,
  cohorts: readonly StudyCohort[],
  protocol: Protocol | undefined,
): object {
  const used = cohorts.filter(({ name }) => sources.includes(name) || targets.includes(name));
  return {
    ...{ schema: 'concord.cell-config/1', ...spec, sources, targets },
    ...(protocol && { protocol }),
    cohorts: used.map(({ name, cases, genes, patchWidth, bins, scaling, rawFeatures, digests }) => ({
      ...{ name, cases: cases.length, genes: genes.length, patchWidth, bins, scaling, digests },
      ...(rawFeatures && { features: 'z-score', fill: rawFeatures.fill }),
    })),
  };
}

/** SHA-256 of a configuration, whatever the order of its keys. */
export function hashOf(config: object): string {
  return createHash('sha256').update(canonical(config)).digest('hex');
}

/** A configuration as its file holds it: written compactly, it has the SHA-256 of `hashOf`. */
export function configText(config: object): string {
  return `${JSON.stringify(JSON.parse(canonical(config)), null, 2)}\n`;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`)
    .join()}}`;
}
