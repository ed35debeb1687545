import {
  batchLoss,
  lossGradients,
  openOptimiser,
  type BackboneModel,
  type LabelledPass,
  type LossGradients,
  type Protocol,
} from '@concord/backbone';
import type { BagModule } from '@concord/modules';
import {
  denseGradient,
  Parameters,
  type NamedArray,
  type Optimiser,
  type Tap,
  type Tape,
  type Weights,
} from '@concord/nn';
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
      const found = this.gradients(0, record(forward));
      for (const [name, gradient] of Object.entries(found.gradients)) {
        record(gradients)(name, denseGradient(gradient));
      }
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
      const { gradients, loss } = this.gradients(this.optimiser.steps);
      this.optimiser.apply(gradients);
      this.losses.push(loss.dataSync()[0]!);
      tf.dispose([gradients, loss]);
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

  /** Gradients of all losses of a step, added up; the tap sees the first loss. Owned by the caller. */
  private gradients(step: number, tap?: Tap): LossGradients {
    const { batch, accumulate } = this.protocol;
    const parts = Array.from({ length: accumulate }, (_, i) => {
      const first = (step * accumulate + i) * batch;
      const numbers = Array.from({ length: batch }, (_one, k) => first + k);
      return this.gradientsOf(numbers, i === 0 ? tap : undefined);
    });
    return parts.length === 1 ? parts[0]! : sumOf(parts);
  }

  private gradientsOf(numbers: readonly number[], tap?: Tap): LossGradients {
    const found = tf.tidy(() => {
      const passes = numbers.map((number) => this.pass(number, this.tapes.training[number]!));
      return lossGradients(this.model, passes, this.trained, this.frozen.tensors(), this.protocol, {
        module: this.module,
        ...(tap && { tap }),
      });
    });
    for (const number of numbers) this.tapes.training[number]!.dispose();
    return found;
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

/** The sum of each gradient and of the losses; takes over the parts. */
function sumOf(parts: readonly LossGradients[]): LossGradients {
  const names = Object.keys(parts[0]!.gradients);
  const sum = tf.tidy(() => ({
    loss: tf.addN(parts.map(({ loss }) => loss)) as tf.Scalar,
    gradients: Object.fromEntries(
      names.map((name) => [name, tf.addN(parts.map(({ gradients }) => denseGradient(gradients[name]!)))]),
    ),
  }));
  tf.dispose(parts.flatMap(({ loss, gradients }) => [loss, gradients]));
  return sum;
}

/** A tap that copies what it sees to the host. */
function record(outputs: Outputs, wanted: (name: string) => boolean = () => true): Tap {
  return (name, tensor) => {
    if (!wanted(name)) return;
    outputs.set(name, { shape: tensor.shape, data: tensor.dataSync() as Float32Array | Int32Array });
  };
}
