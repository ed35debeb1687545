import {
  batchLoss,
  openOptimiser,
  trainingObjective,
  type BackboneModel,
  type LabelledPass,
  type Protocol,
} from '@concord/backbone';
import type { BagModule } from '@concord/modules';
import { Parameters, type NamedArray, type Optimiser, type Tap, type Tape, type Weights } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { ParityInput } from './subject.js';
import type { HostTensor } from './tensor.js';

/** Named tensors on the host, in the order in which they were computed. */
export type Outputs = Map<string, HostTensor>;

/** TypeScript's side of one subject: the same stages as the Python worker's `parity.stage`. */
export class TypeScriptWitness {
  private readonly trained: Parameters;
  private readonly frozen: Parameters;
  private readonly optimiser: Optimiser;
  private readonly losses: number[] = [];

  /**
   * @param model is taken over.
   * @param tapes of each forward pass in training; of each case in evaluation, if the model draws then.
   * @param frozen names of the weights that training leaves alone.
   */
  constructor(
    private readonly model: BackboneModel,
    private readonly input: ParityInput,
    weights: Readonly<Record<string, NamedArray>>,
    private readonly module: BagModule,
    private readonly tapes: Record<'training' | 'evaluation', readonly Tape[]>,
    private readonly protocol: Protocol,
    frozen: readonly string[] = [],
  ) {
    const part = (isFrozen: boolean) =>
      Parameters.from(
        Object.fromEntries(Object.entries(weights).filter(([name]) => frozen.includes(name) === isFrozen)),
      );
    this.trained = part(false);
    this.frozen = part(true);
    this.optimiser = openOptimiser(this.trained, protocol.optimizer);
  }

  /** Every intermediate of the first case's evaluation. */
  evaluation(): Outputs {
    const outputs: Outputs = new Map();
    this.evaluate(0, record(outputs));
    return outputs;
  }

  /** Every intermediate of the first training step, its loss, and the gradient of every weight. */
  training(): { forward: Outputs; gradients: Outputs } {
    const forward: Outputs = new Map();
    const gradients: Outputs = new Map();
    tf.tidy(() => {
      const { found } = this.gradients(0, record(forward));
      for (const [name, gradient] of Object.entries(found)) record(gradients)(name, gradient);
    });
    return { forward, gradients };
  }

  /**
   * Train until `upTo` steps have been taken.
   *
   * @param breathe is awaited between steps, and ends the training by throwing.
   * @returns the loss of each step so far, and all weights.
   */
  async steps(upTo: number, breathe: () => Promise<void>): Promise<Outputs> {
    while (this.optimiser.steps < upTo) {
      await breathe();
      const { found, loss } = tf.tidy(() => this.gradients(this.optimiser.steps));
      this.optimiser.apply(found);
      this.losses.push(loss.dataSync()[0]!);
      tf.dispose([found, loss]);
    }
    const outputs: Outputs = new Map();
    outputs.set('losses', { shape: [upTo], data: Float32Array.from(this.losses) });
    tf.tidy(() => {
      for (const [name, weight] of Object.entries(this.trained.tensors())) record(outputs)(name, weight);
    });
    return outputs;
  }

  /** Risk of every case with the weights as they are. */
  risks(): Outputs {
    const risks = this.input.cases.map((_, index) => {
      const taps: Outputs = new Map();
      this.evaluate(
        index,
        record(taps, (name) => name === 'risk'),
      );
      return taps.get('risk')!.data[0]!;
    });
    return new Map([['risks', { shape: [risks.length], data: Float32Array.from(risks) }]]);
  }

  dispose(): void {
    this.optimiser.dispose();
    this.trained.dispose();
    this.frozen.dispose();
    this.model.dispose();
    for (const tape of [...this.tapes.training, ...this.tapes.evaluation]) tape.dispose();
  }

  /** Gradients of all losses of a step, added up; the tap sees the first loss. */
  private gradients(step: number, tap?: Tap): { found: Record<string, tf.Tensor>; loss: tf.Scalar } {
    const { batch, accumulate } = this.protocol;
    const parts = Array.from({ length: accumulate }, (_, i) => {
      const first = (step * accumulate + i) * batch;
      const numbers = Array.from({ length: batch }, (_one, k) => first + k);
      return tf.tidy(() => this.gradientsOf(numbers, i === 0 ? tap : undefined));
    });
    if (parts.length === 1) return parts[0]!;
    const { names } = this.trained;
    return {
      loss: tf.addN(parts.map(({ loss }) => loss)) as tf.Scalar,
      found: Object.fromEntries(names.map((name) => [name, tf.addN(parts.map(({ found }) => found[name]!))])),
    };
  }

  private gradientsOf(
    numbers: readonly number[],
    tap?: Tap,
  ): { found: Record<string, tf.Tensor>; loss: tf.Scalar } {
    const { names } = this.trained;
    const weights = this.weights();
    const passes = numbers.map((number) => this.pass(number, this.tapes.training[number]!));
    const forward = () =>
      trainingObjective(this.model, passes, weights, this.protocol, {
        module: this.module,
        ...(tap && { tap }),
      });
    const values = names.map((name) => weights[name]!);
    // A weight that the loss does not depend on is a finding, not a crash: its gradient is zero.
    const { value, grads } = tf.engine().gradients(forward, values, undefined, true);
    for (const number of numbers) this.tapes.training[number]!.dispose();
    const found = Object.fromEntries(names.map((name, i) => [name, grads[i] ?? tf.zerosLike(values[i]!)]));
    return { found, loss: value };
  }

  /** Prediction and likelihood of one case. */
  private evaluate(index: number, tap: Tap): void {
    tf.tidy(() => {
      const options = { mode: 'evaluation', module: this.module, tap } as const;
      const pass = this.pass(index, this.tapes.evaluation[index]);
      batchLoss(this.model, [pass], this.weights(), this.protocol.loss, options);
    });
  }

  private weights(): Weights {
    return { ...this.trained.tensors(), ...this.frozen.tensors() };
  }

  /** The case that the forward pass of this number sees; owned by the caller's `tidy`. */
  private pass(number: number, tape?: Tape): LabelledPass {
    const { cases, shape } = this.input;
    const one = cases[number % cases.length]!;
    const { label, clusters } = one;
    return {
      input: {
        genes: tf.tensor1d(one.genes),
        patches: tf.tensor2d(one.patches, [one.patchCount, shape.patchWidth]),
        label,
        ...(clusters && { clusters }),
      },
      ...(tape && { tape }),
    };
  }
}

/** A tap that copies what it sees to the host. */
function record(outputs: Outputs, wanted: (name: string) => boolean = () => true): Tap {
  return (name, tensor) => {
    if (!wanted(name)) return;
    outputs.set(name, { shape: tensor.shape, data: tensor.dataSync() as Float32Array | Int32Array });
  };
}
