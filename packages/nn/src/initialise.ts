import type { NamedArray } from './parameters.js';

/** A source of uniform numbers in [0, 1). */
export type Uniform = () => number;

/**
 * torch's default for Linear: weight and bias ~ U(−1/√fanIn, 1/√fanIn).
 *
 * @param shape of the tensor. @param fanIn inputs of one unit.
 */
export function linearUniform(shape: readonly number[], fanIn: number, uniform: Uniform): NamedArray {
  const bound = 1 / Math.sqrt(fanIn);
  return filled(shape, () => (2 * uniform() - 1) * bound);
}

export function ones(shape: readonly number[]): NamedArray {
  return filled(shape, () => 1);
}

export function zeros(shape: readonly number[]): NamedArray {
  return filled(shape, () => 0);
}

function filled(shape: readonly number[], value: () => number): NamedArray {
  const data = new Float32Array(shape.reduce((product, n) => product * n, 1));
  for (let i = 0; i < data.length; i++) data[i] = value();
  return { shape, data };
}
