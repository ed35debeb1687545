import { movedToCuda, pathwaySizes, type Backbone, type InputShape, type Protocol } from '@concord/backbone';
import { INITIAL, initialWeights, type InitialLaw } from '@concord/nn';
import { cmta } from './cmta.js';
import { weightShapes, type CmtaConfig } from './config.js';

const ragged = (config: CmtaConfig) => ({ 'genomics_fc.*.0.0.weight': config.pathwaySizes });

/** @source FT-ZHOU-ZZZ/CMTA@31340f6, run.sh and utils/optimizer.py. */
const PROTOCOL: Protocol = {
  optimizer: { name: 'sgd', lr: 1e-3, momentum: 0.9, weightDecay: 1e-5 },
  loss: { name: 'nll', alpha: 0, eps: 1e-7, reduction: 'mean' },
  batch: 1,
  accumulate: 1,
};

/** Encoders and decoders of both modalities, each with two layers. */
const LAYERS = ['pathomics', 'genomics'].flatMap((modality) =>
  ['encoder', 'decoder'].flatMap((part) => [`${modality}_${part}.layer1`, `${modality}_${part}.layer2`]),
);

const STACKED = [
  ...LAYERS.map((layer) => `${layer}.attn.to_qkv.weight`),
  ...['P_in_G_Att', 'G_in_P_Att'].map((layer) => `${layer}.in_proj_weight`),
];

const configured =
  (widths: Pick<CmtaConfig, 'geneHidden' | 'width'>) =>
  (shape: InputShape): CmtaConfig => ({
    pathwaySizes: pathwaySizes(shape),
    patchWidth: shape.patchWidth,
    ...widths,
    bins: shape.bins,
    alpha: 1,
  });

/** CMTA as Concord finds it, in its published size `small` with the fusion `concat`. */
export const backbone: Backbone<CmtaConfig> = {
  name: 'cmta',
  title: 'an encoder and a decoder for each modality, aligned by cross-modal attention',
  reads: { genes: true, patches: true },
  source: 'Zhou and Chen 2023, ICCV; FT-ZHOU-ZZZ/CMTA@31340f6, models/cmta/network.py',
  published: {
    repository: 'FT-ZHOU-ZZZ/CMTA',
    commit: '31340f6',
    file: 'models/cmta/network.py',
    helped: movedToCuda('models/cmta/network.py', [69, 95]),
    patchWidth: 1024,
    pathwaySizes: [94, 334, 521, 468, 1495, 479],
  },
  protocol: PROTOCOL,
  stacked: Object.fromEntries(STACKED.map((name) => [name, ['query', 'key', 'value']])),
  configure: configured({ geneHidden: 1024, width: 256 }),
  configureSmall: configured({ geneHidden: 96, width: 64 }),
  weightShapes,
  ragged,
  initialWeights: (config, seed) =>
    initialWeights(weightShapes(config), seed, { law, ragged: ragged(config) }),
  create: cmta,
};

/** Every Linear xavier-normal with a bias of zero, the packed projections xavier-uniform; convolutions as torch. */
function law(name: string): InitialLaw | undefined {
  if (name.endsWith('cls_token')) return INITIAL.nearZero;
  if (name.endsWith('in_proj_weight')) return INITIAL.xavierUniform;
  if (/norm|pos_layer|res_conv/.test(name)) return undefined;
  return name.endsWith('bias') ? INITIAL.zeros : INITIAL.xavierNormal;
}
