import { join } from 'node:path';
import type { Bridge } from '@concord/baselines';
import type { DrawnValues } from '@concord/nn';
import { openSafetensors, writeSafetensors, type TensorData } from '@concord/safetensors';
import { requireFinite } from './diverged.js';
import type { Judgement, Pass, StackState, Step, TrainedModel, TrainingStack } from './stack.js';
import { labelOf } from './trainingSet.js';

/** A run of PyTorch: its precision, and `float32.<k>` one whose weights start a last place away. */
export type TorchRun = 'float64' | 'float32' | `float32.${number}`;

/** What each run of PyTorch answers to one question. */
export type ByRun<T> = Readonly<Partial<Record<TorchRun, T>>>;

/** PyTorch trains, in python-bridge: the same cases, patches and draws, in one precision or several at once. */
export class TorchStack implements TrainingStack {
  readonly name = 'torch';

  private constructor(
    private readonly bridge: Bridge,
    private readonly session: string,
    private readonly width: number,
    private readonly runs: readonly TorchRun[],
  ) {}

  /**
   * @param bridge stays the caller's. @param runs the first one's numbers are the stack's.
   * @throws PythonError if python-bridge does not know the backbone.
   */
  static async open(
    bridge: Bridge,
    { backbone, config, module, weights, protocol, patchWidth, pythonFolders }: TrainedModel,
    runs: readonly TorchRun[] = ['float32'],
  ): Promise<TorchStack> {
    const file = join(bridge.directory, 'training-weights.safetensors');
    const tensors = Object.entries(weights).map(([name, one]) => [name, { dtype: 'F32', ...one }] as const);
    await writeSafetensors(file, Object.fromEntries(tensors));
    const { session } = await bridge.call<{ session: string }>('training.open', {
      ...{ backbone: backbone.name, config, protocol, weights: file, precisions: runs, threads: 1 },
      ...{ search: pythonFolders, frozen: backbone.frozen ?? [], module: module.name },
    });
    return new TorchStack(bridge, session, patchWidth, runs);
  }

  async step(step: Step): Promise<readonly number[]> {
    const losses = (await this.stepAll(step))[this.runs[0]!]!;
    requireFinite(step, losses);
    return losses;
  }

  async evaluate(pass: Pass): Promise<Judgement> {
    return (await this.evaluateAll(pass))[this.runs[0]!]!;
  }

  /** A step in every run: the objective of each batch. */
  async stepAll({ batches, factor }: Step): Promise<ByRun<readonly number[]>> {
    const file = await this.write(batches.flat());
    const outcomes = batches.map((batch) => batch.map(({ one }) => labelOf(one)));
    return this.call('training.step', { file, factor, batches: outcomes });
  }

  /** What every run says of a case. */
  async evaluateAll(pass: Pass): Promise<ByRun<Judgement>> {
    const file = await this.write([pass]);
    return this.call('training.evaluate', { file, outcome: labelOf(pass.one) });
  }

  async state(): Promise<StackState> {
    const path = join(this.bridge.directory, 'training-state.safetensors');
    await this.call('training.save', { file: path });
    const file = openSafetensors(path);
    try {
      const read = (name: string): TensorData => {
        const { dtype, shape } = file.info(name);
        return { dtype, shape, data: file.read(name) };
      };
      return Object.fromEntries(file.names.map((name) => [`torch.${name}`, read(name)]));
    } finally {
      file.close();
    }
  }

  async restore(state: StackState): Promise<void> {
    const path = join(this.bridge.directory, 'training-state.safetensors');
    const own = Object.entries(state).filter(([name]) => name.startsWith('torch.'));
    await writeSafetensors(
      path,
      Object.fromEntries(own.map(([name, value]) => [name.slice('torch.'.length), value])),
    );
    await this.call('training.load', { file: path });
  }

  async close(): Promise<void> {
    await this.call('training.close', {});
  }

  private call<T>(method: string, params: object): Promise<T> {
    return this.bridge.call<T>(method, { session: this.session, ...params });
  }

  /** Inputs, draws and decisions of passes, in a file that the next one replaces. */
  private async write(passes: readonly Pass[]): Promise<string> {
    const tensors: Record<string, TensorData> = {};
    passes.forEach(({ one, bag, tape }, i) => {
      const put = (name: string, { shape, data }: DrawnValues) => {
        tensors[`pass.${i}.${name}`] = { dtype: dtypeOf(data), shape, data };
      };
      put('genes', { shape: [one.genes.length], data: one.genes });
      const patches = bag.patches.subarray(0, bag.rows * this.width);
      put('patches', { shape: [bag.rows, this.width], data: patches });
      if (bag.clusters) put('clusters', { shape: [bag.rows], data: bag.clusters });
      for (const [name, drawn] of tape?.draws ?? []) put(`draw.${name}`, drawn);
      for (const [name, taken] of tape?.decisions ?? []) put(`decision.${name}`, taken);
    });
    const path = join(this.bridge.directory, 'training-passes.safetensors');
    await writeSafetensors(path, tensors);
    return path;
  }
}

function dtypeOf(data: DrawnValues['data']): TensorData['dtype'] {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Int32Array) return 'I32';
  return data instanceof Int16Array ? 'I16' : 'U8';
}
