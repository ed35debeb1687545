import * as tf from '@tensorflow/tfjs-core';
import { attribute, rawEffect } from './native.js';
import type { Variable } from './parameters.js';
import { ResourceVariable } from './resourceVariable.js';

/** Shrink a parameter by one step's decay. `like` is a tensor of the parameter's shape. */
export type Decay = (like: tf.Tensor) => void;

/**
 * Decoupled weight decay, `p += −decay · p`, as the published optimiser writes it.
 *
 * A large parameter on the native backend is shrunk in place by one fused operation:
 * `ResourceApplyProximalGradientDescent` computes `(p − α g) / (1 + α λ)`, here with an α so small that α g
 * vanishes. Its divisor is a float32 near 1, whose grid (1.2e-7) is coarse beside a decay of 5e-7; so each
 * step takes the grid point that brings the product of all divisors so far nearest to the exact one, and the
 * product is never off by more than half a grid step.
 *
 * A small parameter costs nothing either way, and gets the published form to the bit: a weight that hardly
 * moves is rounded the same way in every step, and in few numbers such a bias shows.
 */
export function decoupledDecay(variable: Variable, decay: number): Decay {
  if (decay === 0) return () => undefined;
  if (!(variable instanceof ResourceVariable)) return () => shrink(variable, decay);
  const size = variable.shape.reduce((product, n) => product * n, 1);
  return size >= LARGE ? fusedDecay(variable, decay) : subtractedDecay(variable, decay);
}

function shrink(variable: Variable, decay: number): void {
  tf.tidy(() => {
    const value = variable.read();
    variable.assign(tf.keep(tf.add(value, tf.mul(value, -decay))));
  });
}

/** The published form in one operation: gradient descent along the value itself. */
function subtractedDecay(variable: ResourceVariable, decay: number): Decay {
  const attributes = [attribute.float32(), attribute.bool('use_locking', false)];
  return () => {
    const inputs = [variable.handle, tf.scalar(decay), variable.read()];
    rawEffect('ResourceApplyGradientDescent', attributes, inputs);
  };
}

function fusedDecay({ handle }: ResourceVariable, decay: number): Decay {
  let owed = 0; // log of what the divisors so far lack of the exact decay
  return (like) => {
    owed -= Math.log1p(-decay);
    const divisor = Math.round(Math.expm1(owed) / GRID) * GRID;
    owed -= Math.log1p(divisor);
    const scalars = [VANISHING, 0, divisor / VANISHING].map((value) => tf.scalar(value));
    const attributes = [attribute.float32(), attribute.bool('use_locking', false)];
    rawEffect('ResourceApplyProximalGradientDescent', attributes, [handle, ...scalars, like]);
  };
}

/** Values from which on a pass over memory is worth sparing. */
const LARGE = 2 ** 20;

/** Spacing of float32 just above 1. */
const GRID = 2 ** -23;

/** A power of two: times any gradient it is far below half an ulp of any weight. */
const VANISHING = 2 ** -100;
