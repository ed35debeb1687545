import type { RunAudit } from '../audit/options.js';
import type { RunParity } from '../parity/types.js';
import type { RunBench } from './bench.js';
import type { RunDescribe } from './describe.js';
import type { Inventory } from './inventory.js';
import type { RunRisks } from './risks.js';
import type { RunWeights } from './weights.js';

/** What a command needs from the world; tests give it another one. */
export interface CommandContext {
  /** Standard output; resolves when the text is on its way, so that a pipe gets all of it. */
  readonly out: (text: string) => Promise<void>;
  /** Standard error: progress, notes, errors. */
  readonly err: { readonly isTTY?: boolean | undefined; write(text: string): unknown };
  readonly colors: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Loaded when a command needs it and not before: TensorFlow alone takes 0.4 s and 400 MB. */
  readonly load: {
    readonly parity: () => Promise<{ runParity: RunParity }>;
    readonly bench: () => Promise<{ runBench: RunBench }>;
    readonly describe: () => Promise<{ runDescribe: RunDescribe }>;
    readonly weights: () => Promise<{ runWeights: RunWeights }>;
    readonly risks: () => Promise<{ runRisks: RunRisks }>;
    readonly audit: () => Promise<{ runAudit: RunAudit }>;
    readonly inventory: () => Promise<Inventory>;
  };
}

/** 0: they agree. 1: they disagree. 2: it could not run, or nothing was compared. */
export type ExitCode = 0 | 1 | 2;

/** Tells the command line how the command ended. */
export type Finish = (code: ExitCode) => void;
