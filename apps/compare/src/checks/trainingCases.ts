import type { JudgedRun, RunSplit } from '../judgedRun/index.js';

/** The split that a file of one fold belongs to: that of its fold, or the only one. */
export function splitOfFold({ splits }: JudgedRun, fold: string | undefined): RunSplit | undefined {
  const trained = splits.filter(({ cases }) => cases.training.length > 0);
  const own = trained.filter((split) => split.fold === fold);
  if (own.length > 0) return own[0];
  return trained.length === 1 ? trained[0] : undefined;
}
