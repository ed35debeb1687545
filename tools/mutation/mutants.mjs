/**
 * One-line mistakes that a comparison has to notice.
 *
 * `find` must occur exactly once in the file. `backbone` and `module` are those whose parity shows the mistake; `names`
 * are the quantities of which one has to be named first: those computed right after the mistake; `step` is any
 * quantity after optimiser steps. `backend` is the one that computes by this code, where the native one does not.
 *
 * @typedef {{ file: string, find: string, replace: string, backbone?: string, module?: string, backend?: string, names: string[] }} Mutant
 */

/** @param {string} file */
const nn = (file) => `packages/nn/src/${file}.ts`;
/** @param {string} file */
const modules = (file) => `packages/modules/src/${file}.ts`;
const backbone = 'packages/backbones/survpath/src/survpath.ts';
const networks = 'packages/nn/src/pathwayNetworks.ts';
/** @param {string} name @param {string} file */
const of = (name, file) => `packages/backbones/${name}/src/${file}.ts`;
/** At the small preset these take their small widths for a variant, which is faster than `plain`. */
const nystrom = { backbone: 'survpath-nystrom', module: 'sdir' };
const transmil = { backbone: 'transmil', module: 'sdir' };
const mcat = { backbone: 'mcat', module: 'sdir' };
const motcat = { backbone: 'motcat', module: 'sdir' };
const porpoise = { backbone: 'porpoise', module: 'sdir' };
const pibd = { backbone: 'pibd', module: 'sdir' };
const mmp = { backbone: 'mmp', module: 'sdir' };
/** Layers that are one operation natively are composed of several elsewhere. */
const composed = { backend: 'wasm' };
/** A mistake of the optimiser shows in whatever weight it moves most. */
const ANY_WEIGHT = ['step'];

/** @type {Mutant[]} */
export const MUTANTS = [
  // The backbone
  {
    file: backbone,
    find: 'const [q, key, value] =',
    replace: 'const [key, q, value] =',
    names: ['attention.q'],
  },
  {
    file: backbone,
    find: 'const [q, key, value] =',
    replace: 'const [q, value, key] =',
    names: ['attention.k'],
  },
  { file: backbone, find: 'half ** -0.5', replace: 'half ** -1', names: ['attention.q'] },
  {
    file: backbone,
    find: '[bags.weak, bags.strong]',
    replace: '[bags.strong, bags.weak]',
    names: ['attention.norm'],
  },
  {
    file: backbone,
    find: "pass.layerNorm('feed_forward.norm', tokens, 'feedForward.norm')",
    replace: "pass.layerNorm('layer_norm', tokens, 'feedForward.norm')",
    names: ['norm', 'feedForward.hidden', 'feedForward.norm'],
  },
  {
    file: networks,
    find: 'PATHWAY_DROPOUT = 0.25',
    replace: 'PATHWAY_DROPOUT = 0.2',
    names: ['pathways.0.dropout'],
  },
  {
    file: backbone,
    find: 'const FEED_FORWARD_DROPOUT = 0.1',
    replace: 'const FEED_FORWARD_DROPOUT = 0.11',
    names: ['feedForward.dropout'],
  },
  {
    file: backbone,
    find: "relu(pass.linear('to_logits.0', pooled, 'head.hidden'))",
    replace: "tf.elu(pass.linear('to_logits.0', pooled, 'head.hidden'))",
    names: ['head.relu'],
  },
  {
    file: networks,
    find: 'tf.elu(pass.see',
    replace: 'tf.selu(pass.see',
    names: ['pathways.0.elu'],
  },
  {
    file: networks,
    find: 'pass.alphaDropout(`${name}.dropout`, activated, PATHWAY_DROPOUT)',
    replace:
      "pass.see(`${name}.dropout`, pass.alphaDropout('pathways.0.dropout', activated, PATHWAY_DROPOUT))",
    names: ['pathways.1.dropout'],
  },
  {
    file: networks,
    find: 'const bias = pass.weight<tf.Tensor2D>(`${layer}.bias`)',
    replace: 'const bias = pass.weight<tf.Tensor2D>(`${prefix}.*.0.0.bias`)',
    names: ['pathways.1.linear'],
  },
  {
    file: backbone,
    find: "pass.linear('feed_forward.net.3', dropped, 'feedForward.out')",
    replace: "pass.linear('feed_forward.net.0', dropped, 'feedForward.out')",
    names: ['feedForward.out'],
  },
  // Layers: linear, LayerNorm, GELU, dropout
  {
    file: nn('linear'),
    find: 'tf.add(matrixProduct(input, w, false, true), b)',
    replace: 'tf.add(matrixProduct(input, w, false, true), tf.mul(b, 0.999))',
    names: ['patches.linear'],
  },
  {
    file: nn('linear'),
    find: 'tf.add(matrixProduct(x, w, false, true), b)',
    replace: 'tf.sub(matrixProduct(x, w, false, true), b)',
    names: ['feedForward.hidden'],
  },
  {
    file: nn('layerNorm'),
    find: 'epsilon = 1e-5',
    replace: 'epsilon = 1e-6',
    names: ['attention.norm', 'feedForward.norm', 'norm'],
  },
  { file: nn('layerNorm'), find: 'epsilon = 1e-5', replace: 'epsilon = 1e-3', names: ['attention.norm'] },
  {
    ...composed,
    file: nn('layerNorm'),
    find: 'tf.mean(tf.square(centred), 1, true)',
    replace: 'tf.mul(tf.mean(tf.square(centred), 1, true), 256 / 255)',
    names: ['attention.norm'],
  },
  {
    ...composed,
    file: nn('layerNorm'),
    find: 'tf.add(tf.mul(standard, w), b)',
    replace: 'tf.add(standard, b)',
    names: ['attention.norm'],
  },
  {
    ...composed,
    file: nn('layerNorm'),
    find: 'tf.add(tf.mul(standard, w), b)',
    replace: 'tf.mul(standard, w)',
    names: ['attention.norm'],
  },
  {
    ...composed,
    file: nn('layerNorm'),
    find: 'tf.sub(dz, tf.mean(dz, 1, true))',
    replace: 'dz',
    names: ['feed_forward.net.3.bias', 'feed_forward.net.3.weight'],
  },
  {
    ...composed,
    file: nn('layerNorm'),
    find: 'tf.mul(z, along)',
    replace: 'tf.mul(z, 0)',
    names: ['feed_forward.net.3.bias', 'feed_forward.net.3.weight'],
  },
  {
    ...composed,
    file: nn('layerNorm'),
    find: 'tf.sum(tf.mul(dy, z), 0), tf.sum(dy, 0)',
    replace: 'tf.sum(tf.mul(dy, z), 0), tf.mean(dy, 0)',
    names: ['layer_norm.bias'],
  },
  {
    ...composed,
    file: nn('layerNorm'),
    find: 'tf.sum(tf.mul(dy, z), 0), tf.sum(dy, 0)',
    replace: 'tf.sum(tf.mul(dz, z), 0), tf.sum(dy, 0)',
    names: ['layer_norm.weight'],
  },
  {
    file: nn('relu'),
    find: '[dy, rectified!]',
    replace: '[rectified!, dy]',
    names: ['to_logits.0.bias', 'to_logits.0.weight'],
  },
  {
    file: nn('gelu'),
    find: 'tf.erf(tf.mul(x, Math.SQRT1_2))',
    replace: 'tf.tanh(tf.mul(tf.add(x, tf.mul(tf.pow(x, 3), 0.044715)), Math.sqrt(2 / Math.PI)))',
    names: ['feedForward.gelu'],
  },
  {
    file: nn('gelu'),
    find: 'tf.add(phi, tf.mul(value, density))',
    replace: 'phi',
    names: ['feed_forward.net.0.bias', 'feed_forward.net.0.weight'],
  },
  {
    file: nn('gelu'),
    find: '-0.5',
    replace: '-0.4',
    names: ['feed_forward.net.0.bias', 'feed_forward.net.0.weight'],
  },
  { file: nn('dropout'), find: '1 / (1 - p)', replace: '1', names: ['feedForward.dropout'] },
  { file: nn('alphaDropout'), find: '-1.7580993408473766', replace: '-1.7', names: ['pathways.0.dropout'] },
  {
    file: nn('alphaDropout'),
    find: 'otherwise: scale * SATURATION + shift',
    replace: 'otherwise: -scale * SATURATION + shift',
    names: ['pathways.0.dropout'],
  },
  {
    file: nn('alphaDropout'),
    find: '-scale * p * SATURATION',
    replace: 'scale * p * SATURATION',
    names: ['pathways.0.dropout'],
  },
  {
    file: nn('tape'),
    find: 'new Float32Array(data)',
    replace: 'new Float32Array(data.map((x, i) => (i === 3 ? 1 - x : x)))',
    names: ['pathways.0.dropout'],
  },
  {
    file: nn('parameters'),
    find: 'createVariable(copied(data, shape))',
    replace: 'createVariable(copied(data.map((x, i) => (i === 5 ? x + 1e-3 : x)), shape))',
    names: ['pathways.0.linear'],
  },
  // Packed pathways
  {
    file: nn('packedPathways'),
    find: 'value: sumPathways(layout, tf.mul(w, expression))',
    replace: 'value: sumPathways(layout, tf.mul(w, tf.reverse(expression, 0)))',
    names: ['pathways.0.linear'],
  },
  {
    file: nn('packedPathways'),
    find: 'tf.mul(tf.gather(dy, layout.pathwayOf), saved!)',
    replace: 'tf.gather(dy, layout.pathwayOf)',
    names: ['sig_networks.*.0.0.weight'],
  },
  {
    file: nn('packedPathways'),
    find: 'tf.add(layer(weight), bias)',
    replace: 'tf.sub(layer(weight), bias)',
    names: ['pathways.0.linear'],
  },
  {
    file: nn('packedPathways'),
    find: 'weights, false, transposed)',
    replace: 'weights, false, !transposed)',
    names: ['pathways.1.linear'],
  },
  {
    file: nn('packedPathways'),
    find: 'return ofEach(dy as tf.Tensor2D, weight, false);',
    replace: 'return ofEach(dy as tf.Tensor2D, weight, true);',
    names: ['sig_networks.*.0.0.bias'],
  },
  {
    file: nn('packedPathways'),
    find: 'take({ left: tf.keep(dy.clone()) as tf.Tensor2D, right: tf.keep(input!.clone()) as tf.Tensor2D })',
    replace:
      'take({ left: tf.keep(input!.clone()) as tf.Tensor2D, right: tf.keep(dy.clone()) as tf.Tensor2D })',
    names: ['sig_networks.*.1.0.weight'],
  },
  {
    file: nn('linear'),
    find: 'matrixProduct(dy, w!)',
    replace: 'tf.mul(matrixProduct(dy, w!), 1.001)',
    names: ['feed_forward.norm.weight', 'feed_forward.net.0.weight', 'feed_forward.net.0.bias'],
  },
  {
    file: nn('linear'),
    find: 'blockedProduct(dy, x!)',
    replace: 'tf.matMul(tf.relu(dy), x!, true, false)',
    names: [
      'feed_forward.net.3.weight',
      'cross_attender.attn.query.weight',
      'feed_forward.net.0.weight',
      'to_logits.0.weight',
      'to_logits.2.weight',
    ],
  },
  // Attention
  {
    file: nn('crossAttention'),
    find: 'tf.softmax(pathwayScores)',
    replace: 'tf.transpose(tf.softmax(tf.transpose(pathwayScores)))',
    names: ['attention.pathwayWeights'],
  },
  {
    file: nn('crossAttention'),
    find: 'tf.softmax(patchScores)',
    replace: 'tf.softmax(tf.mul(patchScores, 1.001))',
    names: ['attention.patchWeights'],
  },
  {
    file: nn('crossAttention'),
    find: '(patchWeights, upper(v))',
    replace: '(patchWeights, upper(k))',
    names: ['attention.out'],
  },
  {
    file: nn('crossAttention'),
    find: 'tf.sub(dWeights, tf.sum(tf.mul(dOut, out), 1, true))',
    replace: 'dWeights',
    names: [
      'cross_attender.attn.value.weight',
      'cross_attender.attn.key.weight',
      'cross_attender.attn.query.weight',
    ],
  },
  {
    file: nn('crossAttention'),
    find: '(dPatchScores, upper(ks!))',
    replace: '(dPatchScores, upper(qs!))',
    names: [
      'cross_attender.attn.value.weight',
      'cross_attender.attn.key.weight',
      'cross_attender.attn.query.weight',
    ],
  },
  {
    file: nn('crossAttention'),
    find: 'tf.add<tf.Tensor2D>(upper(all), top)',
    replace: 'upper(all)',
    names: [
      'cross_attender.attn.value.weight',
      'cross_attender.attn.key.weight',
      'cross_attender.attn.query.weight',
    ],
  },
  {
    file: nn('meanByModality'),
    find: 'tf.slice(x, [pathways, 0], [patches, -1])',
    replace: 'tf.slice(x, [pathways - 1, 0], [patches, -1])',
    names: ['pooled'],
  },
  {
    file: nn('meanByModality'),
    find: 'tf.div(low, patches)',
    replace: 'tf.div(low, count!)',
    names: ['layer_norm.bias', 'layer_norm.weight'],
  },
  // Loss and prediction
  { file: nn('nllSurvival'), find: 'censored ? bin : bin - 1', replace: 'bin', names: ['likelihood'] },
  {
    file: nn('nllSurvival'),
    find: '-softplus(-logits[bin]!)',
    replace: '-softplus(logits[bin]!)',
    names: ['likelihood'],
  },
  {
    file: nn('nllSurvival'),
    find: 'tf.cumsum(tf.neg(tf.softplus(logits)), 1)',
    replace: 'tf.cumsum(tf.neg(tf.softplus(logits)), 1, true)',
    names: ['survival'],
  },
  {
    file: nn('nllSurvival'),
    find: 'tf.neg(tf.sum(survival, 1))',
    replace: 'tf.neg(tf.mean(survival, 1))',
    names: ['risk'],
  },
  {
    file: nn('nllSurvival'),
    find: 'hazard: tf.sigmoid(logits)',
    replace: 'hazard: tf.sigmoid(tf.neg(logits))',
    names: ['hazard'],
  },
  {
    file: nn('nllSurvival'),
    find: 'Math.max(survival, floor)',
    replace: 'Math.min(survival, floor)',
    names: ['likelihood'],
  },
  {
    file: nn('nllSurvival'),
    find: 'censored ? 1 - alpha : 1',
    replace: '1',
    names: ['losses'],
  },
  // Optimiser
  {
    file: nn('radam'),
    find: 'learningRate / (1 - beta1 ** step)',
    replace: 'learningRate',
    names: ANY_WEIGHT,
  },
  { file: nn('radam'), find: 'length < 5', replace: 'length < 4', names: ANY_WEIGHT },
  { file: nn('radam'), find: 'length - 2', replace: 'length - 3', names: ANY_WEIGHT },
  {
    file: nn('radam'),
    find: 'weightDecay * learningRate',
    replace: '-weightDecay * learningRate',
    names: ANY_WEIGHT,
  },
  {
    file: nn('adamStep'),
    find: '[-decay, l2,',
    replace: '[decay, l2,',
    names: ANY_WEIGHT,
  },
  {
    file: nn('adamStep'),
    find: '[beta1, 1 - beta1, beta2, 1 - beta2,',
    replace: '[beta2, 1 - beta2, beta1, 1 - beta1,',
    names: ANY_WEIGHT,
  },
  {
    file: nn('adamStep'),
    find: '-step.rate, step.epsilon ?? 0]',
    replace: '-step.rate, 100 * (step.epsilon ?? 0)]',
    names: ANY_WEIGHT,
  },
  { file: nn('optimiser'), find: 'this.taken += 1', replace: 'this.taken += 2', names: ANY_WEIGHT },
  // Modules: statistics and restyling
  {
    file: modules('tokenStatistics'),
    find: 'tf.div(squares, width - 1)',
    replace: 'tf.div(squares, width)',
    module: 'cade',
    names: ['cade.deviation.strong'],
  },
  {
    file: modules('tokenStatistics'),
    find: '(tf.div(squares, width - 1), epsilon)',
    replace: '(tf.div(squares, width - 1), 100 * epsilon)',
    module: 'cade',
    names: ['cade.deviation.strong'],
  },
  {
    file: modules('restyle'),
    find: 'tf.div(tf.sub(x, own.mean), own.deviation)',
    replace: 'tf.div(tf.sub(x, target.mean), own.deviation)',
    module: 'cade',
    names: ['cade.strong', 'cade.weak'],
  },
  {
    file: modules('restyle'),
    find: 'save([tf.div(target.deviation, own.deviation)])',
    replace: 'save([target.deviation])',
    module: 'cade',
    names: ['wsi_projection_net.0.bias', 'wsi_projection_net.0.weight', 'sig_networks.*.1.0.bias'],
  },
  // Modules: released and repaired
  {
    file: modules('released'),
    find: 'u >= pMask ? 1 : 0',
    replace: 'u < pMask ? 1 : 0',
    module: 'released',
    names: ['released.keep.weak'],
  },
  {
    file: modules('released'),
    find: '(j) => kept[j]!',
    replace: '(_j, i) => kept[i]!',
    module: 'repaired',
    names: ['released.keep.weak'],
  },
  {
    file: modules('released'),
    find: 'order[i % order.length]!',
    replace: 'i % order.length',
    module: 'repaired',
    names: ['released.blendedMean.weak'],
  },
  {
    file: modules('released'),
    find: 'tf.add(tf.mul(a, weight), tf.mul(tf.gather(b, partner, 1), rest))',
    replace: 'tf.add(tf.mul(a, rest), tf.mul(tf.gather(b, partner, 1), weight))',
    module: 'released',
    names: ['released.blendedMean.weak'],
  },
  // Modules: SDIR
  {
    file: modules('nascentDirac'),
    find: '-1 / (2 * h * h)',
    replace: '-1 / (h * h)',
    module: 'sdir',
    names: ['sdir.gain'],
  },
  {
    file: modules('nascentDirac'),
    find: 'tf.div(h * h, tf.add(tf.square(z), h * h))',
    replace: 'tf.div(h * h, tf.add(tf.abs(z), h * h))',
    module: 'sdir-lorentz',
    names: ['sdir.gain'],
  },
  {
    file: modules('nascentDirac'),
    find: '2 / (h * h)',
    replace: '1 / (h * h)',
    module: 'sdir-lorentz',
    names: ['sig_networks.*.1.0.bias'],
  },
  {
    file: modules('sdir'),
    find: 'tf.mul(tf.sub(1, peak), gamma), 1)',
    replace: 'tf.mul(peak, gamma), 1)',
    module: 'sdir',
    names: ['sdir.gain'],
  },
  {
    file: modules('sdir'),
    find: 'tf.add(mean, tf.mul(centred, gain))',
    replace: 'tf.mul(w, gain)',
    module: 'described',
    names: ['sdir.weak'],
  },
  {
    file: modules('sdir'),
    find: 'save([tf.add(gain, tf.mul(dirac.fall(z, peak, h), gamma))])',
    replace: 'save([gain])',
    module: 'sdir',
    names: ['sig_networks.*.1.0.bias'],
  },
  {
    file: modules('sdir'),
    find: 'rescale ? tf.div(keep, 1 - probability) : keep',
    replace: 'tf.div(keep, 1 - probability)',
    module: 'sdir',
    names: ['sdir.strong'],
  },
  {
    file: modules('sparsity'),
    find: 'tf.sum(tf.square(covariance))',
    replace: 'tf.sum(covariance)',
    module: 'sdir-adaptive',
    names: ['sdir.participation'],
  },
  {
    file: modules('sparsity'),
    find: 'tf.add(pMin, tf.mul(pMax - pMin, redundancy))',
    replace: 'tf.sub(pMax, tf.mul(pMax - pMin, redundancy))',
    module: 'extended',
    names: ['sdir.probability'],
  },
  // Modules: CADE
  {
    file: modules('wasserstein'),
    find: 'tf.add(tf.mul(rest, from), tf.mul(t, to))',
    replace: 'tf.add(tf.mul(t, from), tf.mul(rest, to))',
    module: 'cade',
    names: ['cade.movedMean.strong'],
  },
  {
    file: modules('fisherRao'),
    find: 'tf.mul(tf.squaredDifference(meanA, meanB), 0.5)',
    replace: 'tf.squaredDifference(meanA, meanB)',
    module: 'cade-fisher-rao',
    names: ['cade.partnerMean.strong', 'cade.partnerDeviation.strong'],
  },
  {
    file: modules('fisherRao'),
    find: 'tf.sinh(tf.mul(tf.sub(1, t), d))',
    replace: 'tf.sinh(tf.mul(tf.sub(1, t), whole))',
    module: 'cade-fisher-rao',
    names: ['cade.movedMean.strong'],
  },
  {
    file: modules('kernelWeights'),
    find: '-1 / (2 * bandwidth * bandwidth)',
    replace: '-1 / (bandwidth * bandwidth)',
    module: 'described',
    names: ['cade.partnerMean.strong', 'cade.partnerDeviation.strong'],
  },
  {
    file: modules('channelOrder'),
    find: 'tf.topk(tf.neg(indices), width)',
    replace: 'tf.topk(indices, width)',
    module: 'cade-quantile',
    names: ['cade.rank.strong'],
  },
  {
    file: modules('channelOrder'),
    find: 'tf.reshape(tf.neg(values), [batch, count, width])',
    replace: 'tf.reshape(values, [batch, count, width])',
    module: 'cade-quantile',
    names: ['cade.partnerSorted.strong'],
  },
  {
    file: modules('quantileCade'),
    find: 'save([rest])',
    replace: 'save([t])',
    module: 'cade-quantile',
    names: ['wsi_projection_net.0.bias', 'wsi_projection_net.0.weight', 'sig_networks.*.1.0.bias'],
  },
  {
    file: modules('gate'),
    find: 'tape.values(name)[0]! <= p',
    replace: 'tape.values(name)[0]! > p',
    module: 'cade',
    names: ['module.weak', 'module.strong', 'cade.mean.strong'],
  },
  // Modules: the peers
  {
    file: modules('mixStyle'),
    find: 'tf.gather(statistic, order, 1)',
    replace: 'statistic',
    module: 'mixstyle',
    names: ['mixstyle.mixedMean.strong'],
  },
  {
    file: modules('dsu'),
    find: 'tf.div(squares, statistic.shape[1] - 1)',
    replace: 'tf.div(squares, statistic.shape[1])',
    module: 'dsu',
    names: ['dsu.mixedMean.strong'],
  },
  {
    file: modules('dsu'),
    find: 'tf.add(statistic, tf.mul(noise,',
    replace: 'tf.sub(statistic, tf.mul(noise,',
    module: 'dsu',
    names: ['dsu.mixedMean.strong'],
  },
  // Layers of the other backbones
  {
    ...nystrom,
    file: nn('nystromAttention'),
    find: 'headWidth ** -0.5',
    replace: 'headWidth ** -1',
    names: ['attention.gathered'],
  },
  {
    ...nystrom,
    file: nn('nystromAttention'),
    find: '[rows - count!, 0]',
    replace: '[0, rows - count!]',
    names: ['attention.qkv'],
  },
  {
    ...nystrom,
    file: nn('iteratedInverse'),
    find: "attribute.int('steps', iterations)",
    replace: "attribute.int('steps', iterations - 1)",
    names: ['attention.inverse'],
  },
  {
    ...nystrom,
    file: nn('iteratedInverse'),
    find: 'tf.neg(tf.sum(tf.mul(dz, start)))',
    replace: 'tf.sum(tf.mul(dz, start))',
    names: ['cross_attender.key.weight', 'cross_attender.query.weight'],
  },
  {
    ...transmil,
    file: nn('convolveRows'),
    find: 'along(tf.transpose(dy as tf.Tensor3D, [0, 2, 1]), tf.reverse(w, 2))',
    replace: 'along(tf.transpose(dy as tf.Tensor3D, [0, 2, 1]), w)',
    names: ['layer2.attn.value.weight'],
  },
  {
    ...transmil,
    file: nn('ppeg'),
    find: 'tf.addN(parts.map((part) => part.bias))',
    replace: 'parts[0]!.bias',
    names: ['encoder.position'],
  },
  {
    ...transmil,
    file: nn('ppeg'),
    find: 'tf.reverse(k, [0, 1])',
    replace: 'k',
    names: ['layer1.attn.res_conv.weight', 'layer1.attn.to_out.0.bias', 'layer1.attn.to_out.0.weight'],
  },
  {
    ...mcat,
    file: nn('coAttention'),
    find: 'width! ** -0.5',
    replace: 'width! ** -1',
    names: ['coattention.query'],
  },
  {
    ...mcat,
    file: nn('coAttention'),
    find: 'tf.concat2d([dMixed, l], 0)',
    replace: 'tf.concat2d([l, dMixed], 0)',
    names: ['wsi_net.0.bias', 'wsi_net.0.weight'],
  },
  {
    ...porpoise,
    file: nn('bilinearFusion'),
    find: 'tf.ones([1, 1])',
    replace: 'tf.zeros([1, 1])',
    names: ['fusion.product'],
  },
  {
    ...porpoise,
    file: nn('bilinearFusion'),
    find: 'tf.matMul<tf.Tensor2D>(left, right, true, false)',
    replace: 'tf.matMul<tf.Tensor2D>(right, left, true, false)',
    names: ['fusion.product'],
  },
  {
    ...motcat,
    file: nn('transportPlan'),
    find: '...inTwo(reg), ...inTwo(regM)',
    replace: '...inTwo(regM), ...inTwo(reg)',
    names: ['transport.plan'],
  },
  {
    ...pibd,
    file: of('pibd', 'productOfExperts'),
    find: 'tf.div(noise, total)',
    replace: 'tf.mul(noise, total)',
    names: ['poe'],
  },
  {
    ...mmp,
    file: of('mmp', 'attention'),
    find: 'const forPathways = tf.softmax<tf.Tensor3D>(tf.slice(scores, [0, 0, 0], [-1, -1, pathways]));',
    replace: 'const forPathways = tf.slice(scores, [0, 0, 0], [-1, -1, pathways]);',
    names: ['attention.patchWeights'],
  },
  {
    ...mmp,
    file: of('mmp', 'attention'),
    find: 'query.shape[2] ** -0.5',
    replace: 'query.shape[2] ** -1',
    names: ['attention.pathwayScores'],
  },
];
