import { quoted } from '../commands/commandLine.js';
import { isPeer } from '../crosscancer/gridOptions.js';
import type { Setting } from '../judgedRun/index.js';

/** What `concord train` was told, by the keys of config.json; cohorts by their name. */
export type TrainSettings = ReadonlyMap<string, unknown>;

/** Settings of config.json, in the order of its keys. */
export function trainSettings(settings: readonly Setting[]): TrainSettings {
  const own = settings.filter(({ from }) => from.startsWith('config.json: '));
  const names = new Map(
    own.flatMap(({ key, value }) => {
      const at = /^cohorts\.(\d+)\.name$/.exec(key)?.[1];
      return at === undefined ? [] : [[at, String(value)] as const];
    }),
  );
  return new Map(
    own.map(({ key, value }) => [
      key.replace(/^cohorts\.(\d+)/, (_, at: string) => `cohorts.${names.get(at)}`),
      value,
    ]),
  );
}

/** What a key of config.json is called, and the option of `concord train` that sets it, where there is one. */
export const TRAIN_KEYS: Readonly<Record<string, { readonly name: string; readonly option?: string }>> = {
  backbone: { name: 'backbone', option: '--backbone' },
  module: { name: 'module', option: '--module' },
  sources: { name: 'training cohorts', option: '--cohort' },
  targets: { name: 'target cohorts', option: '--target' },
  seed: { name: 'seed', option: '--seed' },
  stack: { name: 'stack', option: '--stack' },
  scaling: { name: 'scaling of genes', option: '--scaling' },
  'split.folds': { name: 'number of folds', option: '--folds' },
  'split.fold': { name: 'held-out fold', option: '--fold' },
  'split.seed': { name: 'seed of the folds' },
  'split.train': { name: 'training cases' },
  'split.validation': { name: 'held-out cases' },
  'training.epochs': { name: 'epochs', option: '--epochs' },
  'training.sampling': { name: 'sampling', option: '--sampling' },
  'training.schedule.name': { name: 'schedule', option: '--schedule' },
  'training.schedule.warmUp': { name: 'warm-up', option: '--warm-up' },
  'training.patches': { name: 'patches of a case', option: '--patches' },
  'training.stop.patience': { name: 'patience (selection of the epoch)', option: '--patience' },
  'training.stop.by': { name: 'selection of the epoch', option: '--patience-by' },
  'protocol.optimizer.lr': { name: 'learning rate', option: '--lr' },
  'protocol.optimizer.weightDecay': { name: 'weight decay', option: '--weight-decay' },
  'protocol.batch': { name: 'batch', option: '--batch' },
  'protocol.accumulate': { name: 'accumulated batches', option: '--accumulate' },
};

/** Keys whose option is given only where the run changed what was published, and where it says so. */
export const CHANGED: Readonly<Record<string, string>> = {
  'protocol.optimizer.lr': 'training.changes.lr',
  'protocol.optimizer.weightDecay': 'training.changes.weightDecay',
  'protocol.batch': 'training.changes.batch',
  'protocol.accumulate': 'training.changes.accumulate',
};

/**
 * The command of a run with one setting changed.
 *
 * @param changed key and its other value; `null` where the other run has none, so that the option is left out.
 * @returns undefined where no option sets it, or `concord train` cannot make such a run.
 */
export function trainCommand(
  settings: TrainSettings,
  changed: { readonly key: string; readonly value: unknown },
): string | undefined {
  const { key, value } = changed;
  if (!TRAIN_KEYS[key]?.option || settings.has('split.train')) return undefined;
  const told = new Map([...settings, [CHANGED[key] ?? key, value]]);
  if (isPeer(String(told.get('backbone') as string)) || isPeer(String(settings.get('backbone') as string))) {
    return undefined;
  }
  const command = commandOf(told);
  return command === commandOf(settings) ? undefined : command;
}

function commandOf(settings: TrainSettings): string {
  const words = Object.entries(TRAIN_KEYS).flatMap(([key, { option }]) => {
    if (option === undefined) return [];
    const text = ([settings.get(CHANGED[key] ?? key) ?? ''].flat() as (string | number)[]).join(',');
    return text === '' ? [] : [option, text];
  });
  const sizes = [...settings].filter(([key]) => /^cohorts\..+\.cases$/.test(key)).map(([, cases]) => cases);
  const cases = new Set(sizes).size === 1 ? ['--cases', String(sizes[0])] : [];
  return ['concord', 'train', ...words, ...cases].map(quoted).join(' ');
}
