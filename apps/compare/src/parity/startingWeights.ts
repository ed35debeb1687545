import { initialWeights, type SurvPathConfig } from '@concord/backbone-survpath';
import { uniformStream, type NamedArray } from '@concord/nn';

/** How far a neutral weight is moved, at most. */
const JITTER = 0.1;

/**
 * Initial weights for a comparison. LayerNorm starts at weight 1 and bias 0, where a stack that forgot to use
 * them would not be found out; so they are moved a little.
 */
export function startingWeights(config: SurvPathConfig, seed: number): Record<string, NamedArray> {
  return Object.fromEntries(
    Object.entries(initialWeights(config, seed)).map(([name, { shape, data }]) => {
      if (!/norm\.(weight|bias)$/.test(name)) return [name, { shape, data }];
      const uniform = uniformStream(`${seed}/jitter/${name}`);
      return [name, { shape, data: data.map((value) => value + JITTER * (2 * uniform() - 1)) }];
    }),
  );
}
