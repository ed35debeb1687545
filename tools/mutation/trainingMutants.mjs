/**
 * One-line mistakes that tests of training have to notice.
 *
 * `find` must occur exactly once in the file. `tests` is the file of tests that watches over it; `names` are its tests
 * of which one has to fail.
 *
 * @typedef {{ file: string, find: string, replace: string, tests: string, names: string[] }} TrainingMutant
 */

/** @param {string} file */
const training = (file) => `packages/training/src/${file}.ts`;
/** @param {string} file */
const app = (file) => `apps/compare/src/train/${file}.ts`;
const inPlan = { tests: training('plan.test') };
const inTrain = { tests: training('train.test') };
const inStep = { tests: training('step.test') };
const inBoth = { tests: training('bothStacks.test') };
const inCell = { tests: app('cellData.test') };

/** @type {TrainingMutant[]} */
export const TRAINING_MUTANTS = [
  // Who is seen when
  {
    file: training('epochOrder'),
    find: 'const j = Math.floor(uniform() * (i + 1));',
    replace: 'const j = i;',
    ...inPlan,
    names: ['is a function of seed and epoch'],
  },
  {
    file: training('epochOrder'),
    find: '`${seed}/order/${epoch}`',
    replace: '`${seed}/order`',
    ...inPlan,
    names: ['is a function of seed and epoch'],
  },
  {
    file: training('epochOrder'),
    find: '`${bin}/${event}`',
    replace: '`${bin}`',
    ...inPlan,
    names: ['gives every class the same share, weighted'],
  },
  {
    file: training('epochOrder'),
    find: "sampling === 'uniform' ?",
    replace: "sampling !== 'uniform' ?",
    ...inPlan,
    names: ['sees every case once, drawn uniformly', 'gives every class the same share, weighted'],
  },
  {
    file: training('plan'),
    find: 'Math.ceil(cases / (batch * accumulate))',
    replace: 'Math.floor(cases / (batch * accumulate))',
    ...inPlan,
    names: ['take all cases, the last one what is left'],
  },
  {
    file: training('passes'),
    find: 'seed, epoch * this.cases.length + place, first',
    replace: 'seed, place, first',
    ...inStep,
    names: ['has patches and draws of its own in every epoch, and the same ones when asked again'],
  },
  {
    file: training('bags'),
    find: '`${seed}/${turn}/${one.cohort}/${one.caseId}`',
    replace: '`${seed}/${one.cohort}/${one.caseId}`',
    ...inStep,
    names: ['has patches and draws of its own in every epoch, and the same ones when asked again'],
  },

  // A step
  {
    file: training('typescriptStack'),
    find: 'sum = before ? added(before, gradients) : gradients;',
    replace: 'sum = gradients;',
    ...inStep,
    names: ['moves weights by the mean of its batches'],
  },
  {
    file: 'packages/backbone/src/objective.ts',
    find: 'tf.div<tf.Scalar>(own, accumulate)',
    replace: 'own',
    ...inStep,
    names: ['moves weights by the mean of its batches'],
  },
  {
    file: training('train'),
    find: ' * protocol.accumulate) / losses.length',
    replace: ') / losses.length',
    ...inStep,
    names: ['says the mean objective of its batches, undivided'],
  },
  {
    file: training('typescriptStack'),
    find: 'this.optimiser.apply(sum!, step.factor)',
    replace: 'this.optimiser.apply(sum!, 1)',
    ...inStep,
    names: ['moves weights by the factor of the schedule'],
  },
  {
    file: training('schedule'),
    find: '(step + 1) / rising',
    replace: 'step / rising',
    ...inPlan,
    names: ['rises evenly and falls along half a cosine'],
  },
  {
    file: training('schedule'),
    find: 'Math.max(1, steps - rising - 1)',
    replace: 'Math.max(1, steps - rising)',
    ...inPlan,
    names: ['rises evenly and falls along half a cosine'],
  },
  {
    file: training('trainingSet'),
    find: 'censored: event ? 0 : 1',
    replace: 'censored: event ? 1 : 0',
    ...inStep,
    names: ['says that it is censored where no event was seen'],
  },
  {
    file: training('diverged'),
    find: '!Number.isFinite(loss)',
    replace: 'loss === Infinity',
    ...inTrain,
    names: ['stops at a loss that is not finite, names case and step, and keeps the last good checkpoint'],
  },

  // Stopped and resumed
  {
    file: training('typescriptStack'),
    find: "...named('ts.slot', slots),",
    replace: '',
    ...inTrain,
    names: ['goes on from any interruption to the same bits'],
  },
  {
    file: training('typescriptStack'),
    find: "Number(state['ts.steps']?.data[0] ?? 0)",
    replace: '0',
    ...inTrain,
    names: ['goes on from any interruption to the same bits'],
  },
  {
    file: training('train'),
    find: 'let position: Position = from?.position ?? { epoch: 0, step: 0 };',
    replace: 'let position: Position = { epoch: from?.position.epoch ?? 0, step: 0 };',
    ...inTrain,
    names: ['goes on from any interruption to the same bits'],
  },
  {
    file: training('checkpoint'),
    find: 'const KEPT = 2;',
    replace: 'const KEPT = 1;',
    ...inTrain,
    names: ['keeps two checkpoints, and passes a damaged one over, saying so'],
  },
  {
    file: training('checkpoint'),
    find: 'if (digestOf(about, tensors) !== digest)',
    replace: 'if (digest === undefined)',
    ...inTrain,
    names: ['keeps two checkpoints, and passes a damaged one over, saying so'],
  },
  {
    file: training('checkpoint'),
    find: 'if (found.hash === hash) return found;',
    replace: 'if (found.hash !== undefined) return found;',
    ...inTrain,
    names: ['refuses a checkpoint of another configuration'],
  },
  {
    file: training('train'),
    find: 'from?.history.epochs ?? []',
    replace: '[] as EpochRecord[]',
    ...inTrain,
    names: ['stops early, keeps the best epoch, and does both after a resume'],
  },

  // Early stopping
  {
    file: training('train'),
    find: '>= plan.stop.patience',
    replace: '> plan.stop.patience',
    ...inStep,
    names: [
      'by loss waits for its patience, and goes back to the first of the best',
      'by cindex waits for its patience, and goes back to the first of the best',
    ],
  },
  {
    file: training('train'),
    find: '!(merit(one) > merit(best))',
    replace: 'merit(one) < merit(best)',
    ...inStep,
    names: [
      'by loss waits for its patience, and goes back to the first of the best',
      'by cindex waits for its patience, and goes back to the first of the best',
    ],
  },
  {
    file: training('train'),
    find: 'one.validationCindex : -one.validationLoss',
    replace: 'one.validationCindex : one.validationLoss',
    ...inStep,
    names: [
      'by loss waits for its patience, and goes back to the first of the best',
      'by cindex waits for its patience, and goes back to the first of the best',
    ],
  },
  {
    file: training('train'),
    find: 'if (best && plan.stop) await stack.restore(best.state);',
    replace: '',
    ...inStep,
    names: [
      'by loss waits for its patience, and goes back to the first of the best',
      'by cindex waits for its patience, and goes back to the first of the best',
    ],
  },

  // What is fitted on whom, and what is said of a cohort
  {
    file: app('cellData'),
    find: 'fitTimeBins(allTraining, bins,',
    replace: 'fitTimeBins(parts.flatMap(({ cohort }) => cohort.cases), bins,',
    ...inCell,
    names: ['have bins by the training edges, also beyond them'],
  },
  {
    file: app('cellData'),
    find: 'cases: parts.flatMap(({ cohort, training }) => mapped(cohort, training, training)),',
    replace: 'cases: parts.flatMap(({ cohort, training }) => mapped(cohort, cohort.cases, training)),',
    ...inCell,
    names: ['train, are held out or are judged, each on one side, and every one once'],
  },
  {
    file: app('cellData'),
    find: 'fitGenes(parts[0]!.cohort.scaling, allTraining)',
    replace: 'fitGenes(parts[0]!.cohort.scaling, parts[0]!.cohort.cases)',
    ...inCell,
    names: ["are scaled by the source's training cases alone, or each cohort by its own"],
  },
  {
    file: app('cellData'),
    find: 'bySource ? genesOfSource : fitGenes(cohort.scaling, fit)',
    replace: 'genesOfSource',
    ...inCell,
    names: ["are scaled by the source's training cases alone, or each cohort by its own"],
  },
  {
    file: app('cellData'),
    find: 'bySource ? histologyOfSource : fitHistology([{ cohort, cases: fit }])',
    replace: 'histologyOfSource',
    ...inCell,
    names: ["have histology features by the source's training cases alone, or each cohort by its own"],
  },
  {
    file: app('scaleFeatures'),
    find: 'slides(new Set(cases.map(({ caseId }) => caseId)))',
    replace: 'slides(new Set(cohort.cases.map(({ caseId }) => caseId)))',
    ...inCell,
    names: ["have histology features by the source's training cases alone, or each cohort by its own"],
  },
  {
    file: training('judge'),
    find: 'cases.map(({ risk }) => risk),',
    replace: 'cases.map(({ risk }) => -risk),',
    tests: app('cellFiles.test'),
    names: ['gives the C-index of a cohort by role'],
  },

  // Whether the stacks agree
  {
    file: training('bothStacks'),
    find: 'decided: said.size === 1',
    replace: 'decided: said.size > 0',
    ...inBoth,
    names: ['need not be where a run of PyTorch says otherwise'],
  },
  {
    file: training('bothStacks'),
    find: 'if (this.losses.length > 0) return;',
    replace: 'this.losses.length = 0;',
    ...inBoth,
    names: ['are all there after a resume, and after going back to the best epoch'],
  },
  {
    file: training('bothStacks'),
    find: 'Math.abs(ts - oracle)',
    replace: '0',
    ...inBoth,
    names: ['are judged by the farthest'],
  },
  {
    file: app('cellAgreement'),
    find: 'same || !decided',
    replace: 'same || decided',
    tests: app('cellAgreement.test'),
    names: ['takes four yardsticks, and a C-index that is the same wherever that is decided'],
  },
];
