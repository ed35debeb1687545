import { setImmediate } from 'node:timers/promises';
import { writeCheckpoint, type Checkpoint } from './checkpoint.js';
import { requireFinite } from './diverged.js';
import type { EpochRecord } from './history.js';
import { concordanceOrNaN, judgeCases } from './judge.js';
import type { Passes } from './passes.js';
import { requirePlan, type Position, type TrainingPlan } from './plan.js';
import type { StackState, Step, TrainingStack } from './stack.js';
import type { TrainingCase } from './trainingSet.js';
import { validationLoss } from './validationLoss.js';

/** What happens in a training, in order. */
export type TrainingEvent =
  | { readonly kind: 'step'; readonly epoch: number; readonly step: number; readonly loss: number }
  | ({ readonly kind: 'validation' } & EpochRecord)
  | { readonly kind: 'checkpoint'; readonly path: string }
  /** What an interrupted training did after its last checkpoint is lost. */
  | { readonly kind: 'unsaved'; readonly reason: string }
  | { readonly kind: 'stopped'; readonly reason: 'early' | 'interrupted' };

/** A training about to run. */
export interface TrainingRun {
  readonly stack: TrainingStack;
  readonly passes: Passes;
  readonly plan: TrainingPlan;
  readonly validation?: readonly TrainingCase[];
  /** Where checkpoints go, each with the hash of the configuration, after every epoch and every `every` steps. */
  readonly checkpoints?: { readonly folder: string; readonly hash: string; readonly every?: number };
  /** Where to go on. */
  readonly from?: Checkpoint;
  /** Aborting it ends the training after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal;
  readonly hear?: (event: TrainingEvent) => void;
}

/** How a training ended. */
export interface Trained {
  /** False where it was interrupted. */
  readonly finished: boolean;
  readonly history: Checkpoint['history'];
  /** The epoch whose weights the stack now has, where not the last one's. */
  readonly bestEpoch?: number;
}

/**
 * Train until the plan's end. The stack then has the weights of the last epoch, or of the best one where the plan
 * may stop early.
 *
 * @throws TrainingError for a plan that cannot be followed; DivergedError for a loss or weight that is not finite,
 *   with the last good checkpoint kept.
 */
export async function train(run: TrainingRun): Promise<Trained> {
  const { stack, passes, plan, validation = [], checkpoints, from, signal, hear = () => undefined } = run;
  requirePlan(plan, validation.length);
  const losses: number[] = [...(from?.history.losses ?? [])];
  const epochs: EpochRecord[] = [...(from?.history.epochs ?? [])];
  let best = from?.best;
  let position: Position = from?.position ?? { epoch: 0, step: 0 };
  let stopped = isPatienceOver(epochs, plan);
  if (from) await stack.restore(from.state);

  while (position.epoch < plan.epochs && !stopped) {
    // Signals are heard between steps.
    await setImmediate();
    if (signal?.aborted) {
      // A signal of the terminal may have ended Python's worker too; the last checkpoint then has to do.
      await save().catch((error: Error) => hear({ kind: 'unsaved', reason: error.message }));
      hear({ kind: 'stopped', reason: 'interrupted' });
      return { finished: false, history: { losses, epochs } };
    }
    const step = await passes.step(position);
    const loss = meanLoss(step, await stack.step(step), plan);
    losses.push(loss);
    hear({ kind: 'step', epoch: position.epoch, step: step.number, loss });
    position = after(position, passes.steps);
    if (position.step === 0) await endEpoch();
    else if (checkpoints?.every && losses.length % checkpoints.every === 0) await save();
  }
  if (best && plan.stop) await stack.restore(best.state);
  return { finished: true, history: { losses, epochs }, ...(best && { bestEpoch: best.epoch }) };

  async function endEpoch(): Promise<void> {
    if (validation.length > 0) {
      const judged = await judgeCases(stack, passes, validation);
      const record: EpochRecord = {
        epoch: position.epoch - 1,
        steps: losses.length,
        validationLoss: validationLoss(judged, plan.protocol.loss),
        validationCindex: concordanceOrNaN(judged),
      };
      epochs.push(record);
      hear({ kind: 'validation', ...record });
      if (plan.stop && bestOf(epochs, plan)?.epoch === record.epoch) {
        best = { epoch: record.epoch, state: await stack.state() };
      }
      stopped = isPatienceOver(epochs, plan);
      if (stopped) hear({ kind: 'stopped', reason: 'early' });
    }
    await save();
  }

  async function save(): Promise<void> {
    if (!checkpoints) return;
    const { folder, hash } = checkpoints;
    const state: StackState = await stack.state();
    const history = { losses, epochs };
    const path = await writeCheckpoint(folder, { hash, position, history, state, ...(best && { best }) });
    hear({ kind: 'checkpoint', path });
  }
}

function meanLoss(step: Step, losses: readonly number[], { protocol }: TrainingPlan): number {
  requireFinite(step, losses);
  return (losses.reduce((sum, loss) => sum + loss, 0) * protocol.accumulate) / losses.length;
}

function after({ epoch, step }: Position, steps: number): Position {
  return step + 1 < steps ? { epoch, step: step + 1 } : { epoch: epoch + 1, step: 0 };
}

/** The best epoch so far; the earlier one where two are as good. */
function bestOf(epochs: readonly EpochRecord[], { stop }: TrainingPlan): EpochRecord | undefined {
  const merit = (one: EpochRecord) => (stop?.by === 'cindex' ? one.validationCindex : -one.validationLoss);
  return epochs.reduce<EpochRecord | undefined>(
    (best, one) => (best && !(merit(one) > merit(best)) ? best : one),
    undefined,
  );
}

function isPatienceOver(epochs: readonly EpochRecord[], plan: TrainingPlan): boolean {
  const best = bestOf(epochs, plan);
  return (
    plan.stop !== undefined && best !== undefined && epochs.at(-1)!.epoch - best.epoch >= plan.stop.patience
  );
}
