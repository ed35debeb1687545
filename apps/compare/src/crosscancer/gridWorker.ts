import { join } from 'node:path';
import { openBridge, type Bridge } from '@concord/baselines';
import { writeAtomic } from '../files/write-atomic.js';
import { changedFields } from '../grid/changedInputs.js';
import { InputsOfCells, type CellInputs } from '../grid/cellInputs.js';
import type { AskedCell } from '../grid/engine.js';
import { inputsPath } from '../grid/gridFolder.js';
import type { CellResult } from '../train/cellFiles.js';
import { loadCohorts, type CohortOptions } from '../train/loadCohorts.js';
import { runCell } from '../train/runCell.js';
import type { StudyCohort } from '../train/studyCohort.js';
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

/** Who listens to a worker. */
export interface WorkerListener {
  note(text: string): void;
  step(steps: number): void;
}

/** Runs cells one after the other, with cohorts and Python loaded once. */
export class GridWorker {
  private bridge: Promise<Bridge> | undefined;
  private readonly inputs: InputsOfCells;

  private constructor(
    private readonly setting: WorkerSetting,
    private readonly cohorts: readonly StudyCohort[],
    private readonly listener: WorkerListener,
  ) {
    this.inputs = new InputsOfCells(setting.cwd, cohorts);
  }

  static async open(setting: WorkerSetting, listener: WorkerListener): Promise<GridWorker> {
    return new GridWorker(setting, await loadCohorts(setting), listener);
  }

  /**
   * @returns undefined where the signal stopped it, with a checkpoint.
   * @throws Error if data or code here are not those that the cell was asked with; what runCell and runPeer throw.
   */
  async run(cell: AskedCell, signal: AbortSignal): Promise<CellResult | undefined> {
    const { spec, folder: relative } = cell;
    const { cwd, keep, embeddingSeed } = this.setting;
    await this.check(cell);
    writeAtomic(join(this.setting.folder, inputsPath(relative)), `${JSON.stringify(cell.inputs, null, 2)}\n`);
    const folder = join(this.setting.folder, relative);
    const bridge = () => (this.bridge ??= openBridge());
    const note = (text: string) => this.listener.note(text);
    if (isPeer(spec.backbone))
      return runPeer(spec.backbone, spec, this.cohorts, folder, await bridge(), note);
    const { result } = await runCell(spec, this.cohorts, {
      ...{ folder, cwd, signal, keep, bridge, note },
      hear: (event) => {
        if (event.kind === 'step') this.listener.step(event.step + 1);
      },
      embeddings: spec.seed === embeddingSeed,
    });
    return result;
  }

  /**
   * Whether a cell could be run here as it was asked.
   *
   * @throws Error if data or code here are not those that it was asked with.
   */
  async check(cell: AskedCell): Promise<void> {
    requireSame(cell.inputs, await this.inputs.of(cell.spec));
  }

  async close(): Promise<void> {
    for (const cohort of this.cohorts) cohort.close();
    await this.bridge?.then((bridge) => bridge.close());
  }
}

function requireSame(asked: CellInputs, here: CellInputs): void {
  const differs = changedFields(asked, here);
  if (differs.length === 0) return;
  throw new Error(
    `where this cell runs, ${differs.join(', ')} ${differs.length === 1 ? 'is' : 'are'} not what was asked for; ` +
      'bring data and program there to the same state, or start the grid again if they changed here',
  );
}
