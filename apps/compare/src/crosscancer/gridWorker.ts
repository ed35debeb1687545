import { join } from 'node:path';
import { openBridge, type Bridge } from '@concord/baselines';
import type { CellResult } from '../train/cellFiles.js';
import { loadCohorts, type CohortOptions } from '../train/loadCohorts.js';
import { runCell } from '../train/runCell.js';
import type { StudyCohort } from '../train/studyCohort.js';
import type { GridCell } from './cells.js';
import { isPeer } from './gridOptions.js';
import { runPeer } from './runPeer.js';

/** What a worker needs to know once. */
export interface WorkerSetting extends CohortOptions {
  /** Of the study. */
  readonly folder: string;
  readonly keep: boolean;
  /** Seed of which embeddings are written: one picture of the cohorts is enough. */
  readonly embeddingSeed: number;
}

/** Runs cells one after the other, with cohorts and Python loaded once. */
export class GridWorker {
  private bridge: Promise<Bridge> | undefined;

  private constructor(
    private readonly setting: WorkerSetting,
    private readonly cohorts: readonly StudyCohort[],
    private readonly note: (text: string) => void,
  ) {}

  static async open(setting: WorkerSetting, note: (text: string) => void): Promise<GridWorker> {
    return new GridWorker(setting, await loadCohorts(setting), note);
  }

  /** @returns undefined where the signal stopped it, with a checkpoint. */
  async run({ spec, folder: relative }: GridCell, signal: AbortSignal): Promise<CellResult | undefined> {
    const { cwd, keep, embeddingSeed } = this.setting;
    const folder = join(this.setting.folder, relative);
    const bridge = () => (this.bridge ??= openBridge());
    if (isPeer(spec.backbone))
      return runPeer(spec.backbone, spec, this.cohorts, folder, await bridge(), this.note);
    const { result } = await runCell(spec, this.cohorts, {
      ...{ folder, cwd, signal, keep, bridge, note: this.note },
      embeddings: spec.seed === embeddingSeed,
    });
    return result;
  }

  async close(): Promise<void> {
    for (const cohort of this.cohorts) cohort.close();
    await this.bridge?.then((bridge) => bridge.close());
  }
}
