import { adamRule, type AdamOptions } from './adamRule.js';
import { Optimiser } from './optimiser.js';
import type { Parameters } from './parameters.js';

/** Adam with its weight decay in the gradient, as `torch.optim.Adam`. */
export function adam(parameters: Parameters, options: AdamOptions = {}): Optimiser {
  return build(parameters, options, { l2: options.weightDecay ?? 0, decay: 0 });
}

/** Adam with decoupled weight decay, as `torch.optim.AdamW` (whose default decay is 0.01). */
export function adamW(parameters: Parameters, options: AdamOptions = {}): Optimiser {
  const { learningRate = 1e-3, weightDecay = 1e-2 } = options;
  return build(parameters, options, { l2: 0, decay: learningRate * weightDecay });
}

function build(
  parameters: Parameters,
  { learningRate = 1e-3, betas = [0.9, 0.999], epsilon = 1e-8, decays }: AdamOptions,
  { l2, decay }: { l2: number; decay: number },
): Optimiser {
  const [beta1, beta2] = betas;
  const rule = adamRule({
    betas,
    decay,
    l2,
    decays,
    step(step) {
      // torch divides √v by the root of its bias correction before adding ε; moved into rate and ε here.
      const root = Math.sqrt(1 - beta2 ** step);
      return { rate: (learningRate * root) / (1 - beta1 ** step), epsilon: epsilon * root };
    },
  });
  return new Optimiser(parameters, rule);
}
