import * as tf from '@tensorflow/tfjs-core';
import { decoupledDecay, type Decay } from './decoupledDecay.js';
import { isNative } from './backend.js';
import { fusedScalars, momentUpdate, type MomentUpdate } from './momentUpdate.js';
import type { Parameters } from './parameters.js';

/** What an Adam-like optimiser does in step t: `p −= rate · m / (√v + epsilon)`, or `p −= rate · m`. */
export interface StepRule {
  readonly rate: number;
  /** Absent: the step is not divided by √v. */
  readonly epsilon?: number;
}

/** The parts in which the Adam-like optimisers differ. */
export interface OptimiserRule {
  readonly beta1: number;
  readonly beta2: number;
  /** Decoupled weight decay of one step, `p += −decay · p` before the update. */
  readonly decay: number;
  /** Weight decay that is added to the gradient instead. */
  readonly l2: number;
  /** @param step from 1. */
  step(step: number): StepRule;
}

/**
 * An Adam-like optimiser over all parameters of a model. On the native backend every parameter is updated
 * by one fused TensorFlow operation; elsewhere by element-wise operations with the same meaning.
 */
export class Optimiser {
  private taken = 0;
  private readonly updates: ReadonlyMap<string, { decay: Decay; update: MomentUpdate }>;

  constructor(
    private readonly parameters: Parameters,
    private readonly rule: OptimiserRule,
  ) {
    this.updates = new Map(
      parameters.names.map((name) => {
        const variable = parameters.variable(name);
        return [name, { decay: decoupledDecay(variable, rule.decay), update: momentUpdate(variable, rule) }];
      }),
    );
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.taken;
  }

  /**
   * Take one step.
   *
   * @param gradients one for each parameter, by name and of its shape; borrowed.
   * @throws Error if a parameter has no gradient: leaving one out would train another model.
   */
  apply(gradients: Readonly<Record<string, tf.Tensor>>): void {
    this.taken += 1;
    const step = this.rule.step(this.taken);
    tf.tidy(() => {
      const scalars = isNative() ? fusedScalars(this.rule, step) : [];
      for (const [name, { decay, update }] of this.updates) {
        const gradient = gradients[name];
        if (!gradient) throw new Error(`optimiser: no gradient for parameter ${name}`);
        tf.tidy(() => {
          decay(gradient);
          update.apply(this.rule.l2 ? this.withL2(name, gradient) : gradient, step, scalars);
        });
      }
    });
  }

  dispose(): void {
    for (const { update } of this.updates.values()) update.dispose();
  }

  private withL2(name: string, gradient: tf.Tensor): tf.Tensor {
    return tf.tidy(() => tf.add(gradient, tf.mul(this.parameters.variable(name).read(), this.rule.l2)));
  }
}
