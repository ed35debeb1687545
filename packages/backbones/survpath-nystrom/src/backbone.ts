import { NYSTROM_ATTENTION, pathwaySizes, type Backbone, type InputShape } from '@concord/backbone';
import { initialWeights } from '@concord/nn';
import { weightShapes, type SurvPathNystromConfig } from './config.js';
import { survpathNystrom } from './survpathNystrom.js';

/** As wide as it has landmarks, which are published as 256. */
const configured =
  (width: number) =>
  (shape: InputShape): SurvPathNystromConfig => ({
    pathwaySizes: pathwaySizes(shape),
    patchWidth: shape.patchWidth,
    ...{ width, bins: shape.bins },
    attention: {
      ...{ width, heads: 1, headWidth: width / 2, landmarks: width },
      ...{ residual: false, dropout: 0, keep: 'last' },
    },
  });

const ragged = (config: SurvPathNystromConfig) => ({ 'sig_networks.*.0.0.weight': config.pathwaySizes });

/** SurvPath with Nyström attention as Concord finds it. */
export const backbone: Backbone<SurvPathNystromConfig> = {
  name: 'survpath-nystrom',
  title: 'SurvPath with Nyström attention over pathway and patch tokens',
  reads: { genes: true, patches: true },
  source: 'arXiv 2304.06819; mahmoodlab/SurvPath@3f73ddd, models/model_SurvPath_with_nystrom.py',
  published: {
    repository: 'mahmoodlab/SurvPath',
    commit: '3f73ddd',
    file: 'models/model_SurvPath_with_nystrom.py',
    beside: [NYSTROM_ATTENTION],
  },
  stacked: { 'cross_attender.to_qkv.weight': ['query', 'key', 'value'] },
  configure: configured(256),
  configureSmall: configured(32),
  weightShapes,
  ragged,
  initialWeights: (config, seed) => initialWeights(weightShapes(config), seed, { ragged: ragged(config) }),
  create: survpathNystrom,
};
