import * as tf from '@tensorflow/tfjs-core';
import type { Gradient } from './gradient.js';
import { hostCopy, type NamedArray, type Parameters, type Variable } from './parameters.js';

/** What an optimiser keeps beside one parameter, and how it moves it. */
export interface ParameterUpdate {
  /** Moments and the like, by name, each of the parameter's shape. */
  readonly slots: Readonly<Record<string, Variable>>;
  /** @param gradient of the parameter's shape or as factors, borrowed. */
  apply(gradient: Gradient): void;
}

/** An optimiser's rule. */
export interface OptimiserRule {
  /**
   * Called before the parameters of a step, in its `tidy`.
   *
   * @param step from 1. @param factor of the learning rate in this step.
   */
  begin(step: number, factor: number): void;
  update(variable: Variable): ParameterUpdate;
  /** Called after the parameters of a step, in the same `tidy`. */
  end?(): void;
}

/** Everything by which an optimiser goes on where another one stopped. */
export interface OptimiserState {
  /** Steps taken. */
  readonly steps: number;
  /** By `<slot>/<parameter>`. */
  readonly slots: Readonly<Record<string, NamedArray>>;
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
   * @param factor of the learning rate in this step, for a schedule.
   * @throws Error if a parameter has no gradient: leaving one out would train another model.
   */
  apply(gradients: Readonly<Record<string, Gradient>>, factor = 1): void {
    this.taken += 1;
    tf.tidy(() => {
      this.rule.begin(this.taken, factor);
      for (const [name, update] of this.updates) {
        const gradient = gradients[name];
        if (!gradient) throw new Error(`optimiser: no gradient for parameter ${name}`);
        tf.tidy(() => update.apply(gradient));
      }
      this.rule.end?.();
    });
  }

  /** A copy on the host. */
  state(): OptimiserState {
    return {
      steps: this.taken,
      slots: Object.fromEntries(this.slots().map(([name, slot]) => [name, hostCopy(slot)])),
    };
  }

  /**
   * Go on from a state of an optimiser of the same kind over the same parameters.
   *
   * @throws Error naming a slot that is missing or of another shape; nothing is changed then.
   */
  restore({ steps, slots }: OptimiserState): void {
    const own = this.slots();
    for (const [name, { shape }] of own) {
      const given = slots[name];
      if (given?.shape.join() !== shape.join()) {
        const found = given ? `has shape [${given.shape.join(', ')}]` : 'is missing';
        throw new Error(`optimiser: slot ${name} ${found}, expected [${shape.join(', ')}]`);
      }
    }
    for (const [name, slot] of own) {
      const { shape, data } = slots[name]!;
      slot.assign(tf.tensor(data.slice(), [...shape], 'float32'));
    }
    this.taken = steps;
  }

  dispose(): void {
    for (const [, slot] of this.slots()) slot.dispose();
  }

  private slots(): [name: string, slot: Variable][] {
    return [...this.updates].flatMap(([parameter, { slots }]) =>
      Object.entries(slots).map(([slot, variable]): [string, Variable] => [`${slot}/${parameter}`, variable]),
    );
  }
}
