import type { RunCheck } from './check.js';
import { binsSeeValidation } from './mistakes/binsSeeValidation.js';
import { constantRisk } from './mistakes/constantRisk.js';
import { encoderWidth } from './mistakes/encoderWidth.js';
import { lastBatchDropped } from './mistakes/lastBatchDropped.js';
import { lossOfOneCase } from './mistakes/lossOfOneCase.js';
import { monthLength } from './mistakes/monthLength.js';
import { nanLoss } from './mistakes/nanLoss.js';
import { noInterval } from './mistakes/noInterval.js';
import { pairedByPosition } from './mistakes/pairedByPosition.js';
import { pathwayCoverage } from './mistakes/pathwayCoverage.js';
import { seedUnset } from './mistakes/seedUnset.js';
import { selectedOnTest } from './mistakes/selectedOnTest.js';
import { severalSlides } from './mistakes/severalSlides.js';
import { skippedBags } from './mistakes/skippedBags.js';
import { timesOfOthers } from './mistakes/timesOfOthers.js';
import { unreadableCheckpoint } from './mistakes/unreadableCheckpoint.js';
import { validationIsTraining } from './mistakes/validationIsTraining.js';

/** Every check: first who is judged and on what, then how it was trained, then what is reported. */
export const CHECKS: readonly RunCheck[] = [
  pairedByPosition,
  timesOfOthers,
  validationIsTraining,
  selectedOnTest,
  binsSeeValidation,
  severalSlides,
  skippedBags,
  encoderWidth,
  pathwayCoverage,
  monthLength,
  constantRisk,
  nanLoss,
  lossOfOneCase,
  lastBatchDropped,
  seedUnset,
  noInterval,
  unreadableCheckpoint,
];
