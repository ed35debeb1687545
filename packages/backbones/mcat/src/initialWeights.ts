import { INITIAL, initialWeights as drawn, type InitialLaw, type NamedArray } from '@concord/nn';
import { LAYERS, type McatConfig } from './config.js';

/** Weights that pack one matrix for each gene group. */
export const ragged = ({ pathwaySizes }: McatConfig) => ({ 'sig_networks.*.0.0.weight': pathwaySizes });

/** Attentions that stack query, key and value. */
export const stacked = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [`${name}.in_proj_weight`, ['query', 'key', 'value']]));

/** The self-attentions of both Transformers. */
export const SELF_ATTENTIONS = ['path', 'omic'].flatMap((tower) =>
  LAYERS.map((i) => `${tower}_transformer.layers.${i}.self_attn`),
);

/** The published initialisation: a Transformer's second layer starts as a copy of its first. */
export function initialWeights(
  shapes: Readonly<Record<string, readonly number[]>>,
  config: McatConfig,
  seed: number,
): Record<string, NamedArray> {
  const weights = drawn(shapes, seed, { law, ragged: ragged(config) });
  return Object.fromEntries(
    Object.entries(weights).map(([name, own]) => {
      const { shape, data } =
        weights[name.replace('_transformer.layers.1.', '_transformer.layers.0.')] ?? own;
      return [name, { shape, data: data.slice() }];
    }),
  );
}

/** torch.nn.MultiheadAttention's own laws. */
function law(name: string): InitialLaw | undefined {
  if (name.endsWith('in_proj_weight')) return INITIAL.xavierUniform;
  if (/(in_proj_bias|out_proj\.bias)$/.test(name)) return INITIAL.zeros;
  return undefined;
}
