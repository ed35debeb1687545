import * as tf from '@tensorflow/tfjs-core';
import { isNative } from './backend.js';
import { ResourceVariable } from './resourceVariable.js';
import { ShapeError } from './shape.js';

/** A named array of numbers on the host. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** One trainable tensor, wherever the backend keeps it. */
export interface Variable {
  readonly shape: readonly number[];
  /** Its value now, owned by the caller; free it before an update, which may change it in place. */
  read(): tf.Tensor;
  /** Replace the value; takes over `value`. */
  assign(value: tf.Tensor): void;
  dispose(): void;
}

/**
 * The weights of a model by name. On the native backend they live in TensorFlow's own resource variables,
 * which its fused optimiser operations update in place; elsewhere in kept tensors.
 */
export class Parameters {
  private constructor(private readonly variables: ReadonlyMap<string, Variable>) {}

  static from(values: Readonly<Record<string, NamedArray>>): Parameters {
    const variables = Object.entries(values).map(([name, { shape, data }]): [string, Variable] => {
      return [name, createVariable(copied(data, shape))];
    });
    return new Parameters(new Map(variables));
  }

  get names(): string[] {
    return [...this.variables.keys()];
  }

  /** @throws Error naming the parameters there are, if there is none of that name. */
  variable(name: string): Variable {
    const variable = this.variables.get(name);
    if (!variable) throw new Error(`no parameter named ${name}; there are: ${this.names.join(', ')}`);
    return variable;
  }

  /** All values by name, owned by the caller (call it in a `tidy`). */
  tensors(): Record<string, tf.Tensor> {
    return Object.fromEntries([...this.variables].map(([name, variable]) => [name, variable.read()]));
  }

  /** @throws ShapeError if the value has another shape than the parameter. */
  assign(name: string, { shape, data }: NamedArray): void {
    const variable = this.variable(name);
    if (shape.join() !== variable.shape.join()) {
      throw new ShapeError(
        `parameter ${name}: expected [${variable.shape.join(', ')}], got [${shape.join(', ')}]`,
      );
    }
    variable.assign(copied(data, shape));
  }

  /** A copy of all values on the host. */
  values(): Record<string, NamedArray> {
    return Object.fromEntries([...this.variables].map(([name, variable]) => [name, hostCopy(variable)]));
  }

  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose();
  }
}

/** A variable's value now, in memory that nothing else uses: the fused step of Adam works in place. */
export function hostCopy(variable: Variable): NamedArray {
  const value = variable.read();
  try {
    return { shape: variable.shape, data: (value.dataSync() as Float32Array).slice() };
  } finally {
    value.dispose();
  }
}

/** tfjs lends the array to TensorFlow, and the fused step of Adam would train what the caller still holds. */
function copied(data: Float32Array, shape: readonly number[]): tf.Tensor {
  return tf.tensor(data.slice(), [...shape], 'float32');
}

/** A variable that starts with `initial`, which it takes over. */
export function createVariable(initial: tf.Tensor): Variable {
  return isNative() ? new ResourceVariable(initial) : new KeptVariable(initial);
}

class KeptVariable implements Variable {
  readonly shape: readonly number[];
  private value: tf.Tensor;

  constructor(initial: tf.Tensor) {
    this.shape = initial.shape;
    this.value = tf.keep(initial);
  }

  read(): tf.Tensor {
    return this.value.clone();
  }

  assign(value: tf.Tensor): void {
    this.value.dispose();
    this.value = tf.keep(value);
  }

  dispose(): void {
    this.value.dispose();
  }
}
