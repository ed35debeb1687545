import { SURVPATH_PROTOCOL, type Backbone, type InputShape } from '@concord/backbone';
import { INITIAL, initialWeights, type InitialLaw } from '@concord/nn';
import { weightShapes, type MaskedOmicsConfig } from './config.js';
import { maskedOmics } from './maskedomics.js';

/** Units of each pathway in both masked layers, as published. */
const UNITS = [8, 16] as const;

const FILE = 'models/model_MaskedOmics.py';

/** The published laws of the masked layers; their biases start between 0 and 1. */
const LAWS: Readonly<Record<string, InitialLaw>> = {
  fc_1_weight: INITIAL.xavierNormal,
  fc_1_bias: INITIAL.unitUniform,
  fc_2_weight: INITIAL.xavierNormal,
  fc_2_bias: INITIAL.unitUniform,
};

/** MaskedOmics as Concord finds it; its protocol is that of scripts/mlp_per_path.sh. */
export const backbone: Backbone<MaskedOmicsConfig> = {
  name: 'maskedomics',
  title: 'genes to pathways through masked layers',
  reads: { genes: true, patches: false },
  source: `doi 10.1038/s41586-021-03922-4; mahmoodlab/SurvPath@3f73ddd, ${FILE}`,
  published: {
    repository: 'mahmoodlab/SurvPath',
    commit: '3f73ddd',
    file: FILE,
    helped: [
      {
        file: FILE,
        line: 6,
        detail: 'imports x_transformers, which it never uses; an empty stand-in was imported here',
      },
    ],
  },
  protocol: {
    ...SURVPATH_PROTOCOL,
    optimizer: { ...SURVPATH_PROTOCOL.optimizer, weightDecay: 1e-4 },
  },
  configure: (shape) => ({ ...ranked(shape), units: UNITS, bins: shape.bins }),
  weightShapes,
  initialWeights: (config, seed) => initialWeights(weightShapes(config), seed, { law: (name) => LAWS[name] }),
  create: maskedOmics,
};

/** Pathways by the rank of their genes among the distinct ones. */
function ranked({ pathways }: InputShape): Pick<MaskedOmicsConfig, 'genes' | 'pathways'> {
  const distinct = [...new Set(pathways.flat())].sort((a, b) => a - b);
  const rank = new Map(distinct.map((gene, i) => [gene, i]));
  return { genes: distinct.length, pathways: pathways.map((genes) => genes.map((gene) => rank.get(gene)!)) };
}
