import * as tf from '@tensorflow/tfjs-core';
import type { Gradient } from './gradient.js';
import type { Parameters, Variable } from './parameters.js';

/** What an optimiser keeps beside one parameter, and how it moves it. */
export interface ParameterUpdate {
  /** @param gradient of the parameter's shape or as factors, borrowed. */
  apply(gradient: Gradient): void;
  dispose(): void;
}

/** An optimiser's rule. */
export interface OptimiserRule {
  /** Called before the parameters of a step, in its `tidy`. @param step from 1. */
  begin(step: number): void;
  update(variable: Variable): ParameterUpdate;
}

/** An optimiser over all parameters of a model. */
export class Optimiser {
  private taken = 0;
  private readonly updates: ReadonlyMap<string, ParameterUpdate>;

  constructor(
    parameters: Parameters,
    private readonly rule: OptimiserRule,
  ) {
    this.updates = new Map(parameters.names.map((name) => [name, rule.update(parameters.variable(name))]));
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.taken;
  }

  /**
   * Take one step. Tensors that were read from the parameters before may change with them: free them first.
   *
   * @param gradients one for each parameter, by name; borrowed.
   * @throws Error if a parameter has no gradient: leaving one out would train another model.
   */
  apply(gradients: Readonly<Record<string, Gradient>>): void {
    this.taken += 1;
    tf.tidy(() => {
      this.rule.begin(this.taken);
      for (const [name, update] of this.updates) {
        const gradient = gradients[name];
        if (!gradient) throw new Error(`optimiser: no gradient for parameter ${name}`);
        tf.tidy(() => update.apply(gradient));
      }
    });
  }

  dispose(): void {
    for (const update of this.updates.values()) update.dispose();
  }
}
