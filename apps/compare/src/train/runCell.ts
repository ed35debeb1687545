import { join } from 'node:path';
import { openBridge, type Bridge } from '@concord/baselines';
import { initBackend, openSummaryWriter } from '@concord/nn';
import {
  BothStacks,
  judgeCases,
  lastCheckpoint,
  metricsCsv,
  Passes,
  requireModalities,
  requireTrainable,
  stepsCsv,
  TorchStack,
  train,
  TypeScriptStack,
  YARDSTICK_RUNS,
  type TrainedModel,
  type TrainingEvent,
  type TrainingPlan,
  type TrainingStack,
} from '@concord/training';
import { aloneIn } from '../files/aloneIn.js';
import { clearDrafts, writeAtomic } from '../files/write-atomic.js';
import { cellAgreement } from './cellAgreement.js';
import { cellData, type CellData } from './cellData.js';
import {
  CELL_SCHEMA,
  readResult,
  targetResults,
  writeCases,
  writeResult,
  writeRisks,
  type CellResult,
  type RoledCase,
} from './cellFiles.js';
import { cellConfig, configText, hashOf, type CellSpec } from './cellSpec.js';
import { openModel, type OpenedModel } from './openModel.js';
import type { StudyCohort } from './studyCohort.js';

/** Milliseconds. */
const MINUTE = 60_000;

/** How a cell is run, beside what it computes. */
export interface CellRun {
  readonly folder: string;
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly hear?: (event: TrainingEvent) => void;
  readonly note: (text: string) => void;
  /** Keep checkpoints after the result is there. */
  readonly keep?: boolean;
  /** Steps between checkpoints, beside one after every epoch. */
  readonly every?: number;
  /** Write the vector before the head of every judged case. */
  readonly embeddings?: boolean;
  /** Write event files for TensorBoard. */
  readonly tensorboard?: boolean;
  /**
   * Milliseconds to wait for another process that works in the folder, and then take what it made; default a minute.
   * The worker of a study that was killed ends after its step.
   */
  readonly patience?: number;
  /** Where PyTorch runs, opened when first asked for. */
  readonly bridge?: () => Promise<Bridge>;
}

/** What came of it; no result where it was interrupted. */
export interface CellOutcome {
  readonly result?: CellResult;
  /** Steps taken so far. */
  readonly steps: number;
}

/**
 * Run one cell into its folder, from its last checkpoint where there is one.
 *
 * @throws TrainingError, DataError, SurvivalError: what cannot be trained on or judged; DivergedError.
 */
export async function runCell(
  spec: CellSpec,
  cohorts: readonly StudyCohort[],
  run: CellRun,
): Promise<CellOutcome> {
  const { folder, cwd, patience = MINUTE } = run;
  const started = performance.now();
  await initBackend();
  const data = cellData(cohorts, spec);
  const { model, parameters } = await openModel(
    cwd,
    spec,
    data.training.shape,
    spec.seed,
    spec.training.changes,
  );
  requireData(data, model);
  const config = cellConfig(spec, cohorts, model.protocol);
  const hash = hashOf(config);
  return aloneIn(folder, { doing: 'concord train', patience }, async (waited) => {
    const made = waited ? readResult(folder, hash) : undefined;
    if (made) return { result: made, steps: made.steps };
    return trainAndJudge(spec, run, { started, data, model, parameters, config, hash });
  });
}

/** What is known of a cell before its first step. */
interface PreparedCell extends OpenedModel {
  /** By the clock of `performance`. */
  readonly started: number;
  readonly data: CellData;
  readonly config: object;
  readonly hash: string;
}

async function trainAndJudge(spec: CellSpec, run: CellRun, prepared: PreparedCell): Promise<CellOutcome> {
  const { folder, signal, note, hear = () => undefined } = run;
  const { started, data, model, parameters, config, hash } = prepared;
  const checkpoints = join(folder, 'checkpoints');
  const from = lastCheckpoint(checkpoints, hash, note);
  clearDrafts(folder);
  writeAtomic(join(folder, 'config.json'), configText(config));
  writeCases(folder, data);
  const { changes: _, ...choice } = spec.training;
  const plan: TrainingPlan = { ...choice, seed: spec.seed, protocol: model.protocol };
  const passes = new Passes(model, data.training.cases, plan);
  const own = run.bridge ? undefined : once(openBridge);
  const stack = await openStack(spec, model, run.bridge ?? own!.get);
  const writer = run.tensorboard ? openSummaryWriter(folder) : undefined;
  try {
    const trained = await train({
      ...{ stack, passes, plan, signal },
      validation: spec.training.stop || run.tensorboard ? data.heldOut : [],
      checkpoints: { folder: checkpoints, hash, ...(run.every !== undefined && { every: run.every }) },
      ...(from && { from }),
      hear(event) {
        if (event.kind === 'step') writer?.scalar('loss', event.loss, event.step + 1);
        if (event.kind === 'validation') {
          writer?.scalar('validation/loss', event.validationLoss, event.steps);
          writer?.scalar('validation/cindex', event.validationCindex, event.steps);
        }
        hear(event);
      },
    });
    writer?.flush();
    const { losses } = trained.history;
    writeAtomic(join(folder, 'metrics.csv'), metricsCsv(trained.history, passes.steps));
    if (run.tensorboard) writeAtomic(join(folder, 'steps.csv'), stepsCsv(trained.history));
    if (!trained.finished) return { steps: losses.length };
    const judged: RoledCase[] = [];
    for (const [role, cases] of [
      ['in-domain', data.heldOut],
      ['cross-domain', data.targets],
    ] as const) {
      const said = await judgeCases(stack, passes, cases, run.embeddings ?? false);
      judged.push(...said.map((one) => ({ ...one, role })));
    }
    writeRisks(folder, judged);
    const result: CellResult = {
      ...{ schema: CELL_SCHEMA, hash, stack: spec.stack === 'torch' ? 'torch' : 'ts' },
      ...{ backbone: spec.backbone, module: spec.module, source: spec.sources.join('+'), seed: spec.seed },
      fold: 'fold' in spec.split ? spec.split.fold : 0,
      ...{ epochs: spec.training.epochs, steps: losses.length, parameters },
      seconds: (performance.now() - started) / 1000,
      finalLoss: losses.at(-1) ?? null,
      targets: targetResults(judged, note),
      ...(stack instanceof BothStacks && { agreement: cellAgreement(stack, judged) }),
    };
    writeResult(folder, result, run.keep ?? false);
    return { result, steps: losses.length };
  } finally {
    passes.dispose();
    await stack.close().catch(() => undefined);
    await own?.opened?.then((bridge) => bridge.close());
  }
}

function requireData({ training, heldOut, targets }: CellData, { backbone }: TrainedModel): void {
  requireTrainable(training, backbone.reads);
  requireModalities(training.shape, [...heldOut, ...targets], backbone.reads);
}

async function openStack(
  { stack }: CellSpec,
  model: TrainedModel,
  bridge: () => Promise<Bridge>,
): Promise<TrainingStack> {
  if (stack === 'ts') return new TypeScriptStack(model);
  if (stack === 'torch') return TorchStack.open(await bridge(), model);
  const torch = await TorchStack.open(await bridge(), model, YARDSTICK_RUNS);
  return new BothStacks(new TypeScriptStack(model), torch);
}

/** Open something when it is first asked for, and not again. */
function once<T>(open: () => Promise<T>): { readonly opened: Promise<T> | undefined; get: () => Promise<T> } {
  let opened: Promise<T> | undefined;
  return {
    get opened() {
      return opened;
    },
    get: () => (opened ??= open()),
  };
}
