import {
  lossGradients,
  openOptimiser,
  predict,
  survivalLoss,
  type BackboneModel,
  type LabelledPass,
  type LossGradients,
} from '@concord/backbone';
import { denseGradient, Parameters, type NamedArray, type Optimiser, type Weights } from '@concord/nn';
import type { TensorData } from '@concord/safetensors';
import * as tf from '@tensorflow/tfjs-core';
import { requireFinite } from './diverged.js';
import { LastVector } from './lastVector.js';
import type { Judgement, Pass, StackState, Step, TrainedModel, TrainingStack } from './stack.js';
import { TrainingError } from './trainingError.js';
import { labelOf } from './trainingSet.js';

type Gradients = LossGradients['gradients'];

/** TensorFlow.js trains. */
export class TypeScriptStack implements TrainingStack {
  readonly name = 'ts';
  private readonly created: BackboneModel;
  private readonly trained: Parameters;
  private readonly frozen: Parameters;
  private readonly optimiser: Optimiser;

  constructor(private readonly model: TrainedModel) {
    const { backbone, config, weights, protocol } = model;
    const isFrozen = new Set(backbone.frozen ?? []);
    const part = (frozen: boolean) =>
      Parameters.from(
        Object.fromEntries(Object.entries(weights).filter(([name]) => isFrozen.has(name) === frozen)),
      );
    [this.trained, this.frozen] = [part(false), part(true)];
    this.optimiser = openOptimiser(this.trained, protocol.optimizer);
    this.created = backbone.create(config);
  }

  async step(step: Step): Promise<readonly number[]> {
    const losses: number[] = [];
    let sum: Gradients | undefined;
    for (const batch of step.batches) {
      const { gradients, loss } = this.gradients(batch);
      losses.push(loss.dataSync()[0]!);
      const before = sum;
      sum = before ? added(before, gradients) : gradients;
      tf.dispose([loss, ...(before ? [before, gradients] : [])]);
    }
    try {
      requireFinite(step, losses);
      this.optimiser.apply(sum!, step.factor);
    } finally {
      tf.dispose(sum!);
    }
    return losses;
  }

  async evaluate(pass: Pass, withEmbedding = false): Promise<Judgement> {
    const { module, protocol, patchWidth } = this.model;
    const head = new LastVector();
    const judged = tf.tidy(() => {
      const { input, tape } = labelled(pass, patchWidth);
      const options = { mode: 'evaluation', module, ...(tape && { tape }) } as const;
      const { logits } = this.created.forward(input, this.weights(), {
        ...options,
        ...(withEmbedding && { tap: head.tap }),
      });
      const said = predict(protocol.loss, logits);
      return {
        risk: said['risk']!.dataSync()[0]!,
        loss: survivalLoss(protocol.loss, logits, [input.label]).dataSync()[0]!,
        ...(said['hazard'] && { hazard: Array.from(said['hazard'].dataSync()) }),
      };
    });
    pass.tape?.dispose();
    const embedding = head.take();
    return embedding ? { ...judged, embedding } : judged;
  }

  async state(): Promise<StackState> {
    const { slots, steps } = this.optimiser.state();
    return {
      ...named('ts.weight', this.trained.values()),
      ...named('ts.slot', slots),
      'ts.steps': { dtype: 'F64', shape: [1], data: Float64Array.of(steps) },
    };
  }

  async restore(state: StackState): Promise<void> {
    const weights = unnamed('ts.weight', state);
    for (const name of this.trained.names) {
      const given = weights[name];
      if (!given) throw new TrainingError(`the checkpoint has no weight ${name}; it is of another model`);
      this.trained.assign(name, given);
    }
    this.optimiser.restore({
      steps: Number(state['ts.steps']?.data[0] ?? 0),
      slots: unnamed('ts.slot', state),
    });
  }

  async close(): Promise<void> {
    this.optimiser.dispose();
    this.trained.dispose();
    this.frozen.dispose();
    this.created.dispose();
  }

  /** Of one batch; owned by the caller. */
  private gradients(batch: readonly Pass[]): LossGradients {
    const { module, protocol, patchWidth } = this.model;
    const found = tf.tidy(() => {
      const passes = batch.map((pass) => labelled(pass, patchWidth));
      return lossGradients(this.created, passes, this.trained, this.frozen.tensors(), protocol, { module });
    });
    for (const { tape } of batch) tape?.dispose();
    return found;
  }

  private weights(): Weights {
    return { ...this.trained.tensors(), ...this.frozen.tensors() };
  }
}

/** Tensors of a pass, owned by the caller's `tidy`. */
function labelled({ one, bag, tape }: Pass, width: number): LabelledPass {
  return {
    input: {
      // TensorFlow may keep the memory that it is given.
      genes: tf.tensor1d(one.genes.slice()),
      patches: tf.tensor2d(bag.patches.slice(0, bag.rows * width), [bag.rows, width]),
      label: labelOf(one),
      ...(bag.clusters && { clusters: bag.clusters }),
    },
    ...(tape && { tape }),
  };
}

function added(a: Gradients, b: Gradients): Gradients {
  return tf.tidy(() =>
    Object.fromEntries(
      Object.entries(a).map(([name, value]) => [name, tf.add(denseGradient(value), denseGradient(b[name]!))]),
    ),
  );
}

function named(prefix: string, values: Readonly<Record<string, NamedArray>>): StackState {
  const entries = Object.entries(values).map(([name, { shape, data }]) => {
    return [`${prefix}/${name}`, { dtype: 'F32', shape, data } satisfies TensorData];
  });
  return Object.fromEntries(entries) as StackState;
}

function unnamed(prefix: string, state: StackState): Record<string, NamedArray> {
  return Object.fromEntries(
    Object.entries(state)
      .filter(([name]) => name.startsWith(`${prefix}/`))
      .map(([name, { shape, data }]) => [
        name.slice(prefix.length + 1),
        { shape, data: data as Float32Array },
      ]),
  );
}
