import type { Protocol } from '@concord/backbone';
import type { Sampling } from './epochOrder.js';
import type { Schedule } from './schedule.js';
import { TrainingError } from './trainingError.js';

/** When training ends before its last epoch. */
export interface EarlyStop {
  /** Epochs without improvement on the validation cases. */
  readonly patience: number;
  /** What has to improve. */
  readonly by: 'loss' | 'cindex';
}

/** Everything that determines a training beside the model and the cases. */
export interface TrainingPlan {
  readonly protocol: Protocol;
  readonly sampling: Sampling;
  readonly schedule: Schedule;
  readonly epochs: number;
  /** Of weights, order, patches and tapes. */
  readonly seed: number;
  /** Patches of a case in an epoch, drawn anew in each; absent: all of them. */
  readonly patches?: number;
  /** Needs validation cases; the weights of the best epoch are kept. */
  readonly stop?: EarlyStop;
}

/** Where a training stands: the next step is step `step` of epoch `epoch`, both from 0. */
export interface Position {
  readonly epoch: number;
  readonly step: number;
}

/** Steps of an epoch; the last one takes the cases that are left. */
export function stepsOfEpoch({ batch, accumulate }: Protocol, cases: number): number {
  return Math.ceil(cases / (batch * accumulate));
}

/** Places in the epoch's order that a step takes, batch by batch. */
export function batchesOf({ batch, accumulate }: Protocol, step: number, cases: number): number[][] {
  const first = step * batch * accumulate;
  const batches = Array.from({ length: accumulate }, (_, b) =>
    Array.from({ length: batch }, (_one, i) => first + b * batch + i).filter((place) => place < cases),
  );
  return batches.filter(({ length }) => length > 0);
}

/** @throws TrainingError naming the entry that no training can follow. */
export function requirePlan({ epochs, schedule, patches, stop }: TrainingPlan, validation: number): void {
  const whole = (name: string, value: number) => {
    if (Number.isSafeInteger(value) && value >= 1) return;
    throw new TrainingError(`training plan: ${name} is ${value}, expected a whole number from 1`);
  };
  whole('epochs', epochs);
  if (patches !== undefined) whole('patches', patches);
  if (schedule.name === 'cosine' && !(schedule.warmUp >= 0 && schedule.warmUp < 1)) {
    throw new TrainingError(`training plan: warm-up is ${schedule.warmUp}, expected a share from 0 below 1`);
  }
  if (!stop) return;
  whole('patience', stop.patience);
  if (validation === 0) throw new TrainingError('training plan: early stopping needs validation cases');
}
