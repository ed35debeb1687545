// Discrimination
export { concordance, type Concordance, type TieRule } from './concordance.js';
export { unoConcordance } from './uno.js';
export {
  pairScores,
  pairTable,
  tableConcordance,
  weighTable,
  withoutEach,
  type PairTable,
} from './pairTable.js';
export { cumulativeAuc, type CumulativeAuc } from './cumulativeAuc.js';

// Calibration
export { brierScore, integratedBrierScore } from './brier.js';
export { dCalibration, type DCalibration } from './dCalibration.js';

// Survival of groups
export { kaplanMeier, survivalAt, type KaplanMeier } from './kaplanMeier.js';
export { logRank, type LogRank } from './logRank.js';
export { restrictedMean } from './restrictedMean.js';

// What a difference is worth
export {
  bootstrap,
  percentileInterval,
  resampleCounts,
  type BootstrapOptions,
  type Interval,
} from './bootstrap.js';
export {
  correctedTTest,
  criticalDifference,
  holm,
  type CriticalDifference,
  type TTest,
} from './comparison.js';
export {
  pairedDifference,
  type DifferenceParts,
  type PairedDifference,
  type Training,
} from './pairedDifference.js';
export { concordanceDeviation, jackknife, noiseInWords, resolution, type Resolution } from './resolution.js';

// Basics
export { type FollowUp } from './followUp.js';
export { riskOfLogits } from './risk.js';
export { SurvivalError } from './survivalError.js';
