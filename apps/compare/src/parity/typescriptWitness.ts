import type { BackboneModel, Protocol } from '@concord/backbone';
import type { BagModule } from '@concord/modules';
import {
  nllSurvival,
  Parameters,
  predictSurvival,
  radam,
  type Mode,
  type NamedArray,
  type Optimiser,
  type Tap,
  type Tape,
} from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { ParityCase, ParityInput } from './subject.js';
import type { HostTensor } from './tensor.js';

/** Named tensors on the host, in the order in which they were computed. */
export type Outputs = Map<string, HostTensor>;

/** TypeScript's side of one subject: the same stages as the Python worker's `parity.stage`. */
export class TypeScriptWitness {
  private readonly parameters: Parameters;
  private readonly optimiser: Optimiser;
  private readonly losses: number[] = [];

  /** @param model is taken over. */
  constructor(
    private readonly model: BackboneModel,
    private readonly input: ParityInput,
    weights: Readonly<Record<string, NamedArray>>,
    private readonly module: BagModule,
    private readonly tapes: readonly Tape[],
    private readonly protocol: Protocol,
  ) {
    const { lr, weightDecay, betas, eps } = protocol.optimizer;
    this.parameters = Parameters.from(weights);
    this.optimiser = radam(this.parameters, { learningRate: lr, weightDecay, betas, epsilon: eps });
  }

  /** Every intermediate of the first case's evaluation. */
  evaluation(): Outputs {
    const outputs: Outputs = new Map();
    tf.tidy(() => {
      const weights = this.parameters.tensors();
      this.loss(this.input.cases[0]!, weights, 'evaluation', undefined, record(outputs));
    });
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
      for (const [name, weight] of Object.entries(this.parameters.tensors())) record(outputs)(name, weight);
    });
    return outputs;
  }

  /** Risk of every case with the weights as they are. */
  risks(): Outputs {
    const risks = this.input.cases.map((one) => {
      const taps: Outputs = new Map();
      tf.tidy(() => {
        this.loss(
          one,
          this.parameters.tensors(),
          'evaluation',
          undefined,
          record(taps, (name) => name === 'risk'),
        );
      });
      return taps.get('risk')!.data[0]!;
    });
    return new Map([['risks', { shape: [risks.length], data: Float32Array.from(risks) }]]);
  }

  dispose(): void {
    this.optimiser.dispose();
    this.parameters.dispose();
    this.model.dispose();
    for (const tape of this.tapes) tape.dispose();
  }

  private gradients(step: number, tap?: Tap): { found: Record<string, tf.Tensor>; loss: tf.Scalar } {
    const one = this.input.cases[step % this.input.cases.length]!;
    const tape = this.tapes[step]!;
    const { names } = this.parameters;
    const weights = this.parameters.tensors();
    const forward = () => this.loss(one, weights, 'training', tape, tap);
    const values = names.map((name) => weights[name]!);
    // A weight that the loss does not depend on is a finding, not a crash: its gradient is zero.
    const { value, grads } = tf.engine().gradients(forward, values, undefined, true);
    tape.dispose();
    const found = Object.fromEntries(names.map((name, i) => [name, grads[i] ?? tf.zerosLike(values[i]!)]));
    return { found, loss: value };
  }

  private loss(
    one: ParityCase,
    weights: Readonly<Record<string, tf.Tensor>>,
    mode: Mode,
    tape: Tape | undefined,
    tap: Tap | undefined,
  ): tf.Scalar {
    const { alpha, eps } = this.protocol.loss;
    return tf.tidy(() => {
      const genes = tf.tensor1d(one.genes);
      const patches = tf.tensor2d(one.patches, [one.patchCount, this.input.shape.patchWidth]);
      const { logits, auxiliary } = this.model.forward({ genes, patches }, weights, {
        mode,
        tape,
        module: this.module,
        tap,
      });
      if (tap)
        for (const [name, tensor] of Object.entries(predictSurvival(logits))) tap(name, tensor as tf.Tensor);
      const likelihood = nllSurvival(logits, [one.label], { alpha, epsilon: eps });
      if (auxiliary) {
        tap?.('likelihood', likelihood);
        tap?.('auxiliary', auxiliary);
      }
      const loss = auxiliary ? tf.add<tf.Scalar>(likelihood, auxiliary) : likelihood;
      tap?.('loss', loss);
      return loss;
    });
  }
}

/** A tap that copies what it sees to the host. */
function record(outputs: Outputs, wanted: (name: string) => boolean = () => true): Tap {
  return (name, tensor) => {
    if (!wanted(name)) return;
    outputs.set(name, { shape: tensor.shape, data: tensor.dataSync() as Float32Array | Int32Array });
  };
}
