import type { CellSpec, ProtocolChanges } from '../train/cellSpec.js';

/** Something of a training that can be taken over from another run by itself. */
export interface TrainingGroup {
  readonly name: string;
  /** Whether it covers a key of config.json. */
  readonly covers: (key: string) => boolean;
  readonly take: (from: CellSpec, to: CellSpec) => CellSpec;
}

const field = (
  name: string,
  key: 'backbone' | 'module' | 'stack' | 'scaling' | 'sources',
): TrainingGroup => ({
  name,
  covers: (one) => one === key || (key === 'backbone' && one.startsWith('protocol.')),
  take: (from, to) => ({ ...to, [key]: from[key] }),
});

const choice = (name: string, key: keyof CellSpec['training']): TrainingGroup => ({
  name,
  covers: (one) => one === `training.${key}` || one.startsWith(`training.${key}.`),
  take: ({ training }, to) => ({ ...to, training: { ...to.training, [key]: training[key] } }),
});

const change = (name: string, key: keyof ProtocolChanges, path: string): TrainingGroup => ({
  name,
  covers: (one) => one === path,
  take: ({ training: { changes } }, to) => ({
    ...to,
    training: { ...to.training, changes: { ...to.training.changes, [key]: changes[key] } },
  }),
});

const seed: TrainingGroup = {
  name: 'seed',
  covers: (key) => key === 'seed',
  take: (from, to) => ({ ...to, seed: from.seed }),
};

const split: TrainingGroup = {
  name: 'folds',
  covers: (key) => key.startsWith('split.'),
  take: (from, to) => ({ ...to, split: from.split }),
};

/** One option sets the seed of weights, order and draws, and that of the folds. */
const bothSeeds: TrainingGroup = {
  name: 'seed',
  covers: (key) => seed.covers(key) || split.covers(key),
  take: (from, to) => seed.take(from, split.take(from, to)),
};

const GROUPS: readonly TrainingGroup[] = [
  field('training cohorts', 'sources'),
  field('backbone', 'backbone'),
  field('module', 'module'),
  field('stack', 'stack'),
  field('scaling of genes', 'scaling'),
  choice('epochs', 'epochs'),
  choice('sampling', 'sampling'),
  choice('schedule', 'schedule'),
  choice('patches of a case', 'patches'),
  choice('selection of the epoch', 'stop'),
  change('learning rate', 'lr', 'protocol.optimizer.lr'),
  change('weight decay', 'weightDecay', 'protocol.optimizer.weightDecay'),
  change('batch', 'batch', 'protocol.batch'),
  change('accumulated batches', 'accumulate', 'protocol.accumulate'),
];

/** What of two trainings differs, each to be taken over by itself. */
export function differingGroups(a: CellSpec, b: CellSpec): TrainingGroup[] {
  const differs = ({ take }: TrainingGroup) => JSON.stringify(take(b, a)) !== JSON.stringify(take(a, a));
  const seeds = isOneSeed(a) && isOneSeed(b) && differs(seed) ? [bothSeeds] : [seed, split];
  return [...seeds, ...GROUPS].filter(differs);
}

function isOneSeed({ seed: own, split: dealt }: CellSpec): boolean {
  return 'seed' in dealt && dealt.seed === own;
}
