import type { InputShape } from '@concord/backbone';

/** Seconds of the parts of one training step. */
export interface StepSeconds {
  readonly forward: number;
  readonly backward: number;
  readonly optimiser: number;
}

/** Resident memory of a process in bytes: the largest during the measured steps, and before the model was built. */
export interface PeakMemory {
  readonly peak: number;
  readonly libraries: number;
}

/** A stack whose training step is timed, in a process of its own. */
export interface Stack {
  readonly name: 'typescript' | 'reference' | 'published';
  readonly parameters: number;
  step(): Promise<StepSeconds>;
  /** Forget the peak of memory so far. */
  reset(): Promise<void>;
  memory(): Promise<PeakMemory>;
  close(): Promise<void>;
}

/** What is measured: training steps of one backbone, without a module, one case a step. */
export interface BenchCase {
  readonly backbone: string;
  /** Where backbones are looked for beside this workspace. */
  readonly cwd: string;
  readonly shape: InputShape;
  readonly patches: number;
  readonly seed: number;
}
