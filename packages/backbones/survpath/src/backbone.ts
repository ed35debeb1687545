import { pathwaySizes, type Backbone } from '@concord/backbone';
import { initialWeights } from '@concord/nn';
import { weightShapes, type SurvPathConfig } from './config.js';
import { survpath } from './survpath.js';

/** Width of a token, as published. */
const WIDTH = 256;

const ragged = (config: SurvPathConfig) => ({ 'sig_networks.*.0.0.weight': config.pathwaySizes });

/** SurvPath as Concord finds it. */
export const backbone: Backbone<SurvPathConfig> = {
  name: 'survpath',
  title: 'pathway and patch tokens, early fusion by cross attention',
  reads: { genes: true, patches: true },
  source: 'arXiv 2304.06819; mahmoodlab/SurvPath@3f73ddd, models/model_SurvPath.py',
  published: { repository: 'mahmoodlab/SurvPath', commit: '3f73ddd', file: 'models/model_SurvPath.py' },
  stacked: { 'cross_attender.attn.to_qkv.weight': ['query', 'key', 'value'] },
  configure: (shape) => ({
    pathwaySizes: pathwaySizes(shape),
    patchWidth: shape.patchWidth,
    width: WIDTH,
    bins: shape.bins,
  }),
  weightShapes,
  ragged,
  initialWeights: (config, seed) => initialWeights(weightShapes(config), seed, { ragged: ragged(config) }),
  create: survpath,
};
