import type { ParityReport, SubjectVerdict } from './report.js';

export const PRESETS = ['small', 'published'] as const;
export const BACKENDS = ['auto', 'native', 'wasm'] as const;

/** What one run of parity is asked to do; every default is filled in. */
export interface ParityOptions {
  /** Sizes: `small` runs anywhere in a minute, `published` has 331 pathways and 4096 × 768 patches. */
  readonly preset: (typeof PRESETS)[number];
  /** By name, see `concord list`. */
  readonly backbones: readonly string[];
  /** Module variants, by name, in the order in which they run. */
  readonly modules: readonly string[];
  readonly cohort: string;
  /** Folder of real tables; without it the embedded synthetic cohort. */
  readonly dataDir?: string;
  /** Optimiser steps; weights are compared after 1, 10 and 50 of them, as far as they go, and after the last. */
  readonly steps: number;
  readonly seed: number;
  /** Checkouts of the published code. */
  readonly publishedDir?: string;
  /** A tape to replay instead of drawing one. */
  readonly replay?: string;
  readonly factor: number;
  readonly backend: (typeof BACKENDS)[number];
  /** Folder in whose project backbones are looked for, beside those of this workspace. */
  readonly cwd: string;
  /** Where the run leaves its tape; other files are written by the command. */
  readonly outDir: string;
  /** The command line that makes this run again, for the report. */
  readonly command: string;
  /** Fires on Ctrl-C: the run stops its worker, cleans up and rejects. */
  readonly signal: AbortSignal;
}

/** Hears how a run goes along; all of it is for people, none of it for the result. */
export interface ProgressSink {
  /** A subject begins: `survpath × described`, the first of `total`. */
  start(subject: string, total: number): void;
  /** What it is at: `training forward, float64`. */
  stage(text: string): void;
  /** A subject is done. */
  done(verdict: SubjectVerdict): void;
  /** Something worth a line of its own, such as a fallback to another backend. */
  note(text: string): void;
}

/**
 * Run parity. Lives in run.ts; named here so that the command line need not load it to know it.
 *
 * @throws Error when it could not run at all; a subject that differs is a result, not an error.
 */
export type RunParity = (options: ParityOptions, progress: ProgressSink) => Promise<ParityReport>;
