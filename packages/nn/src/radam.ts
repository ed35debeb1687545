import { adamRule, type AdamOptions } from './adamRule.js';
import { Optimiser } from './optimiser.js';
import type { Parameters } from './parameters.js';

/**
 * Rectified Adam as the published survival code runs it: decay decoupled and additive; unrectified steps
 * (the first five at β₂ = 0.999) follow the bias-corrected mean alone.
 *
 * torch.optim.RAdam couples its decay with the gradient unless told otherwise, and then multiplies by
 * 1 − lr · decay, which rounds differently.
 *
 * @source arXiv 1908.03265; mahmoodlab/SurvPath@3f73ddd, custom_optims/radam.py, RAdam.
 */
export function radam(
  parameters: Parameters,
  { learningRate = 1e-3, betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = 0, decays }: AdamOptions = {},
): Optimiser {
  const [beta1, beta2] = betas;
  const limit = 2 / (1 - beta2) - 1;
  const rule = adamRule({
    betas,
    decay: weightDecay * learningRate,
    l2: 0,
    decays,
    step(step) {
      const power = beta2 ** step;
      const length = limit - (2 * step * power) / (1 - power);
      const rate = learningRate / (1 - beta1 ** step);
      if (length < 5) return { rate };
      const rectified =
        (((((1 - power) * (length - 4)) / (limit - 4)) * (length - 2)) / length) * (limit / (limit - 2));
      return { rate: rate * Math.sqrt(rectified), epsilon };
    },
  });
  return new Optimiser(parameters, rule);
}
