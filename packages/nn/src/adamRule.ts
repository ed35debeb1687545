import * as tf from '@tensorflow/tfjs-core';
import { adamStep, type AdamMoments, type AdamStepNumbers } from './adamStep.js';
import { hasOwnOperations } from './ownOperations.js';
import { denseGradient } from './gradient.js';
import { movingAverage } from './movingAverage.js';
import type { OptimiserRule, ParameterUpdate } from './optimiser.js';
import { createVariable, type Variable } from './parameters.js';

/** Options of the Adam family; all have PyTorch's defaults. */
export interface AdamOptions {
  readonly learningRate?: number;
  readonly betas?: readonly [number, number];
  readonly epsilon?: number;
  readonly weightDecay?: number;
  /** `matrices`: parameters of fewer than two axes are not decayed. Default `all`. */
  readonly decays?: 'all' | 'matrices';
}

/** What an Adam-like optimiser does in step t: `p −= rate · m / (√v + epsilon)`, or `p −= rate · m`. */
export interface AdamStepRule {
  readonly rate: number;
  /** Absent: the step is not divided by √v. */
  readonly epsilon?: number;
}

/** The parts in which the Adam-like optimisers differ. */
export interface AdamRule {
  readonly betas: readonly [number, number];
  /** Decoupled weight decay of one step, `p += −decay · p` before the update. */
  readonly decay: number;
  /** Weight decay that is added to the gradient instead, `g + l2 · p`. */
  readonly l2: number;
  readonly decays?: 'all' | 'matrices' | undefined;
  /** @param step from 1. */
  step(step: number): AdamStepRule;
}

/**
 * The rule of an Adam-like optimiser: one fused pass over memory for each parameter on the native CPU backend,
 * element-wise operations with the same meaning elsewhere.
 */
export function adamRule(rule: AdamRule): OptimiserRule {
  let now: AdamStepRule = { rate: 0 };
  let decay = 0;
  let numbers: AdamStepNumbers | undefined;
  let together: { readonly moments: AdamMoments; readonly gradient: tf.Tensor }[] = [];
  return {
    begin: (step, factor) => {
      const { rate, ...rest } = rule.step(step);
      together = [];
      now = { rate: rate * factor, ...rest };
      decay = rule.decay * factor;
      numbers = hasOwnOperations() ? adamStep.numbers({ ...rule, decay }, now) : undefined;
    },
    update: (variable) => {
      const isDecayed = rule.decays !== 'matrices' || variable.shape.length > 1;
      const [mean, square] = [zerosLike(variable), zerosLike(variable)];
      return {
        slots: { mean, square },
        apply: (gradient) => {
          const moments = { variable, mean, square, isDecayed };
          if (!numbers) elementwise({ ...rule, decay }, now, moments, denseGradient(gradient));
          else if (gradient instanceof tf.Tensor) together.push({ moments, gradient });
          else adamStep.applyOuter(moments, gradient, numbers);
        },
      } satisfies ParameterUpdate;
    },
    end: () => {
      const weights = together.map(({ moments }) => moments);
      const gradients = together.map(({ gradient }) => gradient);
      together = [];
      if (numbers && weights.length > 0) adamStep.apply(weights, gradients, numbers);
    },
  };
}

function elementwise(
  { betas: [beta1, beta2], decay, l2 }: AdamRule,
  { rate, epsilon }: AdamStepRule,
  { variable, mean, square, isDecayed }: AdamMoments,
  gradient: tf.Tensor,
): void {
  const weight = variable.read();
  const g = isDecayed && l2 ? tf.add(gradient, tf.mul(weight, l2)) : gradient;
  const m = movingAverage(mean, beta1, g);
  const v = movingAverage(square, beta2, tf.square(g));
  const direction = epsilon === undefined ? m : tf.div(m, tf.add(tf.sqrt(v), epsilon));
  const kept = isDecayed && decay ? tf.add(weight, tf.mul(weight, -decay)) : weight;
  variable.assign(tf.keep(tf.sub(kept, tf.mul(direction, rate))));
}

function zerosLike({ shape }: Variable): Variable {
  return createVariable(tf.zeros([...shape]));
}
