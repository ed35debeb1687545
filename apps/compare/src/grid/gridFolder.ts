import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { StudyFlags } from '../commands/studyFlags.js';
import { writeAtomic } from '../files/write-atomic.js';
import type { CellInputs } from './cellInputs.js';
import type { FailureKind } from './engine.js';

/** What drives a study lies beside its results, hidden: reports do not read it. */
const HOME = '.grid';

/** A failed cell, as it is kept until it is done or retried. */
export interface FailureRecord {
  readonly kind: FailureKind;
  readonly reason: string;
  readonly attempts: number;
  /** Of the inputs with which it failed: with others it may do better. */
  readonly inputs: string;
}

/** A cell under way. */
export interface RunningRecord {
  readonly folder: string;
  readonly where: string;
  /** When it began, as an ISO date. */
  readonly since: string;
  readonly steps: number;
}

/** What was asked for, as it was said on the command line or in a file, and where. */
export interface AskedGrid {
  readonly flags: StudyFlags;
  readonly cwd: string;
}

/** The driver's own files in a study's folder. */
export class GridFolder {
  constructor(readonly study: string) {}

  /** What a worker says of a cell while it computes it. */
  log(cell: string): string {
    return join(this.study, logPath(cell));
  }

  /** Undefined where the study was made before inputs were kept. */
  inputs(cell: string): CellInputs | undefined {
    return this.read<CellInputs>(inputsPath(cell));
  }

  failure(cell: string): FailureRecord | undefined {
    return this.read<FailureRecord>(join(HOME, cell, 'failure.json'));
  }

  writeFailure(cell: string, failure: FailureRecord): void {
    this.offer(join(HOME, cell, 'failure.json'), failure);
  }

  forgetFailure(cell: string): void {
    rmSync(join(this.study, HOME, cell, 'failure.json'), { force: true });
  }

  running(): readonly RunningRecord[] {
    return this.read<readonly RunningRecord[]>(join(HOME, 'running.json')) ?? [];
  }

  writeRunning(running: readonly RunningRecord[]): void {
    this.offer(join(HOME, 'running.json'), running);
  }

  /** Every grid that was asked of this study; later ones have the last word. */
  asked(): readonly AskedGrid[] {
    return this.read<readonly AskedGrid[]>(join(HOME, 'asked.json')) ?? [];
  }

  writeAsked(asked: readonly AskedGrid[]): void {
    this.write(join(HOME, 'asked.json'), asked);
  }

  /** Take a cell's result out of the study. It is kept in `.grid/replaced` until `grid prune`. */
  putAside(cell: string, stamp: string): void {
    for (const path of [cell, join(HOME, cell)]) {
      const from = join(this.study, path);
      if (!existsSync(from)) continue;
      const to = join(this.study, HOME, 'replaced', stamp, path);
      mkdirSync(dirname(to), { recursive: true });
      renameSync(from, to);
    }
  }

  get replaced(): string {
    return join(this.study, HOME, 'replaced');
  }

  private read<T>(path: string): T | undefined {
    const whole = join(this.study, path);
    return existsSync(whole) ? (JSON.parse(readFileSync(whole, 'utf8')) as T) : undefined;
  }

  private write(path: string, value: unknown): void {
    writeAtomic(join(this.study, path), `${JSON.stringify(value, null, 2)}\n`);
  }

  /** Write what others only look at: a full disk is told by the cell that met it, and must not stop the rest. */
  private offer(path: string, value: unknown): void {
    try {
      this.write(path, value);
    } catch {
      // Who looks on sees what was there before.
    }
  }
}

/** Of a cell's log, in the study's folder. */
export function logPath(cell: string): string {
  return join(HOME, cell, 'log.txt');
}

/** Of what determines a cell, in the study's folder. */
export function inputsPath(cell: string): string {
  return join(HOME, cell, 'inputs.json');
}
