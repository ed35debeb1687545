// What is trained
export {
  labelOf,
  requireModalities,
  requireTrainable,
  type TrainingCase,
  type TrainingSet,
} from './trainingSet.js';
export { type Bag } from './bags.js';
export { DivergedError, TrainingError } from './trainingError.js';

// How
export { epochOrder, type Sampling } from './epochOrder.js';
export { stepsOfEpoch, type EarlyStop, type Position, type TrainingPlan } from './plan.js';
export { rateFactor, type Schedule } from './schedule.js';
export { Passes } from './passes.js';
export { train, type Trained, type TrainingEvent, type TrainingRun } from './train.js';

// Where it stands
export {
  lastCheckpoint,
  listCheckpoints,
  readCheckpoint,
  writeCheckpoint,
  type Checkpoint,
} from './checkpoint.js';
export { metricsCsv, stepsCsv, type EpochRecord, type History } from './history.js';

// By what
export {
  type Judgement,
  type Pass,
  type StackState,
  type Step,
  type TrainedModel,
  type TrainingStack,
} from './stack.js';
export { TypeScriptStack } from './typescriptStack.js';
export { TorchStack, type TorchRun } from './torchStack.js';
export { BothStacks, YARDSTICK_RUNS, type Agreement, type CindexAgreement } from './bothStacks.js';

// With what result
export { concordanceOf, judgeCases, type JudgedCase } from './judge.js';
