import { resolve } from 'node:path';
import { readJudgedRun, type Part } from '../judgedRun/index.js';
import type { Explanation } from './explanation.js';
import { explainRuns } from './explainRuns.js';
import { chooseCohorts } from './judgedCohort.js';
import { madeDifferences } from './madeDifferences.js';
import { readComparedRun } from './readComparedRun.js';
import { remarksOf } from './remarks.js';
import { retrain, type RetrainSetting } from './retrain.js';

/** Two folders, and what is asked of them. */
export interface ExplainOptions {
  /** As they were typed. */
  readonly folders: readonly [a: string, b: string];
  readonly cwd: string;
  readonly command: string;
  readonly cohort?: string;
  readonly part?: Part;
  readonly resamples: number;
  readonly seed: number;
  /** Train what lies between both. */
  readonly retrain?: Omit<RetrainSetting, 'cwd'>;
}

/**
 * Read two runs and explain why their C-indices differ.
 *
 * @throws JudgedRunError, ExplainError: a folder that is no run, or cases that cannot be laid side by side.
 */
export async function runExplain(options: ExplainOptions): Promise<Explanation> {
  const { folders, cwd, cohort, part, command, resamples, seed } = options;
  const [a, b] = [readJudgedRun(resolve(cwd, folders[0])), readJudgedRun(resolve(cwd, folders[1]))];
  const [chosenA, chosenB] = chooseCohorts([a, b], {
    ...(cohort !== undefined && { cohort }),
    ...(part !== undefined && { part }),
  });
  const runA = readComparedRun(folders[0], a, chosenA);
  const runB = readComparedRun(folders[1], b, chosenB);
  const trained = options.retrain && (await retrain([a, b], chosenA, { cwd, ...options.retrain }));
  return explainRuns(runA, runB, {
    ...{ command, resamples, seed, made: madeDifferences(a, b) },
    notes: remarksOf(
      { run: a, chosen: chosenA, compared: runA },
      { run: b, chosen: chosenB, compared: runB },
    ),
    ...(trained && { trained }),
  });
}
