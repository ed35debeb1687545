import { adam, adamW, radam, type Optimiser, type Parameters } from '@concord/nn';
import type { OptimizerSpec } from './protocol.js';

/** The optimiser of a protocol over these parameters. */
export function openOptimiser(parameters: Parameters, spec: OptimizerSpec): Optimiser {
  const { lr, weightDecay, betas, eps } = spec;
  const options = { learningRate: lr, weightDecay, betas, epsilon: eps };
  return { adam, adamW, radam }[spec.name](parameters, options);
}
