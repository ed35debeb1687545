import { pathwaySizes, type Backbone } from '@concord/backbone';
import { initialWeights } from '@concord/nn';
import { weightShapes, type SurvPathNystromConfig } from './config.js';
import { survpathNystrom } from './survpathNystrom.js';

/** Width of a token, as published. */
const WIDTH = 256;

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
  },
  stacked: { 'cross_attender.to_qkv.weight': ['query', 'key', 'value'] },
  configure: (shape) => ({
    pathwaySizes: pathwaySizes(shape),
    patchWidth: shape.patchWidth,
    width: WIDTH,
    bins: shape.bins,
    attention: {
      ...{ width: WIDTH, heads: 1, headWidth: WIDTH / 2, landmarks: 256 },
      ...{ residual: false, dropout: 0, keep: 'last' },
    },
  }),
  weightShapes,
  ragged,
  initialWeights: (config, seed) => initialWeights(weightShapes(config), seed, { ragged: ragged(config) }),
  create: survpathNystrom,
};
