// Backend, and the bounds that every layer checks
export { initBackend, isNative, type BackendChoice, type BackendInfo } from './backend.js';
export { requireShape, ShapeError } from './shape.js';
export { openSummaryWriter, type SummaryWriter } from './summaryWriter.js';

// Random draws
export { drawValues, uniformStream, type Draw, type DrawnValues } from './draws.js';
export { drawTape, Tape, TapeError, type TapeReader } from './tape.js';
export { readTapes, requireDraws, writeDecisions, writeTapes, type TapeGroup } from './tapeFile.js';

// What a forward pass is written with
export { openForwardPass, type ForwardPass, type PassOptions, type Weights } from './forwardPass.js';
export { openBatchPass } from './batchPass.js';

// Layers
export { alphaDropout } from './alphaDropout.js';
export {
  bilinearFusion,
  bilinearFusionDraws,
  bilinearFusionShapes,
  type BilinearOptions,
  type BilinearWidths,
} from './bilinearFusion.js';
export {
  classTokenEncoder,
  encoderDraws,
  encoderShapes,
  type EncodedTokens,
  type EncoderOptions,
} from './classTokenEncoder.js';
export { coAttention } from './coAttention.js';
export { crossAttention } from './crossAttention.js';
export { dropout } from './dropout.js';
export { encoderLayer, encoderLayerDraws, encoderLayerShapes } from './encoderLayer.js';
export {
  gatedAttentionDraws,
  gatedAttentionPooling,
  gatedAttentionShapes,
  type GatedAttentionOptions,
} from './gatedAttention.js';
export { gelu } from './gelu.js';
export { layerNorm } from './layerNorm.js';
export { iteratedInverse } from './iteratedInverse.js';
export { linear, linearOfData } from './linear.js';
export { maskedHiddenLayer, maskedInputLayer, maskedLayout, type MaskedLayout } from './maskedPathways.js';
export { matrixProduct } from './matrixProduct.js';
export { unitRows } from './unitRows.js';
export { multiHeadAttention, type MultiHeadOptions } from './multiHeadAttention.js';
export { tokenDistances } from './tokenDistances.js';
export { transportPlan } from './transportPlan.js';
export { unbalancedTransport, type TransportKernel, type TransportOptions } from './unbalancedTransport.js';
export { nystromAttention, nystromDraws, nystromShapes, type NystromOptions } from './nystromAttention.js';
export { padToSquare, squareOf } from './padToSquare.js';
export { plus } from './plus.js';
export { ppeg, ppegShapes } from './ppeg.js';
export { relu } from './relu.js';
export { scaled } from './scaled.js';
export { softAttention } from './softAttention.js';
export { transLayer, transLayerAttention, transLayerShapes } from './transLayer.js';
export { withGradient, type Differentiable } from './withGradient.js';
export { meanOver } from './meanOver.js';
export { meanByModality } from './meanByModality.js';
export {
  pathwayHiddenLayer,
  pathwayInputLayer,
  pathwayLayout,
  type PathwayLayout,
} from './packedPathways.js';
export { pathwayNetworkDraws, pathwayNetworks, pathwayNetworkShapes } from './pathwayNetworks.js';
export {
  batchedPathwayInputLayer,
  batchedPathwayNetworks,
  padPathways,
  type PaddedPathways,
} from './batchedPathways.js';
export {
  selfNormalisingDraws,
  selfNormalisingNetwork,
  selfNormalisingShapes,
} from './selfNormalisingNetwork.js';
export { type Mode, type Tap } from './tap.js';

// Loss and prediction
export { logSurvival, nllSurvival, predictSurvival } from './nllSurvival.js';
export type { NllOptions, Prediction, SurvivalLabel } from './nllSurvival.js';
export { coxPartialLikelihood, type CoxOptions } from './coxPartialLikelihood.js';
export { crossEntropySurvival, type CrossEntropyOptions } from './crossEntropySurvival.js';
export { survivalRanking, type RankingOptions } from './survivalRanking.js';

// Weights and their training
export { INITIAL, initialWeights, type InitialLaw, type Uniform } from './initialise.js';
export { Parameters, type NamedArray } from './parameters.js';
export { freeAsUsed } from './freeAsUsed.js';
export { denseGradient, type Gradient, type OuterProduct, type TakeFactors } from './gradient.js';
export { Optimiser, type OptimiserRule, type OptimiserState, type ParameterUpdate } from './optimiser.js';
export { adam, adamW } from './adam.js';
export { type AdamOptions } from './adamRule.js';
export { lamb } from './lamb.js';
export { radam } from './radam.js';
export { sgd, type SgdOptions } from './sgd.js';
