import { adam, adamW, lamb, radam, sgd, type Optimiser, type Parameters } from '@concord/nn';
import type { OptimizerSpec } from './protocol.js';

/**
 * The optimiser of a protocol over these parameters.
 *
 * @throws RangeError for Lamb that is to decay matrices only: its published form decays all or none.
 */
export function openOptimiser(parameters: Parameters, spec: OptimizerSpec): Optimiser {
  const { lr: learningRate, weightDecay } = spec;
  if (spec.name === 'sgd') return sgd(parameters, { learningRate, weightDecay, momentum: spec.momentum });
  const { betas, eps: epsilon, decays = 'all' } = spec;
  if (spec.name === 'lamb' && decays !== 'all') {
    throw new RangeError(`lamb decays all weights or none, not ${decays}; use adamW`);
  }
  return { adam, adamW, lamb, radam }[spec.name](parameters, {
    ...{ learningRate, weightDecay, betas, epsilon, decays },
  });
}
