import type { CommandContext, ExitCode } from '../commands/context.js';
import type { EngineFlags, GridRunFlags } from '../commands/gridFlags.js';
import { askedOf } from './askedOf.js';
import type { GridEngine } from './engine.js';
import { localEngine } from './localEngine.js';
import { rayEngine } from './rayEngine.js';
import { runStudy, type StudyRun } from './runStudy.js';

/** Run what is missing of a grid. @throws Error when it could not begin. */
export function runGridCommand(flags: GridRunFlags, context: CommandContext): Promise<ExitCode> {
  const { stale, again = false } = flags;
  return runStudy(flags, context, { ...how(flags), name: 'concord grid run', stale, again });
}

/** Run every grid that was asked of a study again, failed cells included. @throws Error when it could not begin. */
export async function retryGridCommand(
  place: string,
  flags: EngineFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { asked } = askedOf(context.cwd, place);
  let worst: ExitCode = 0;
  for (const one of asked) {
    const run: StudyRun = { ...how(flags), name: 'concord grid retry', stale: 'keep', again: true };
    const code = await runStudy(one.flags, { ...context, cwd: one.cwd }, run);
    if (code !== 0) worst = code;
  }
  return worst;
}

function how(flags: EngineFlags): Pick<StudyRun, 'engine' | 'limits' | 'retries'> {
  const { limit, memory, retries } = flags;
  return {
    ...{ engine: engineOf(flags), retries },
    limits: {
      ...(limit !== undefined && { seconds: limit }),
      ...(memory !== undefined && { megabytes: memory }),
    },
  };
}

function engineOf(flags: EngineFlags): GridEngine {
  const { engine, address, store, cpusPerRun, gpusPerRun, maxConcurrent } = flags;
  if (engine === 'ray') {
    return rayEngine({
      ...{ cpusPerRun, gpusPerRun },
      ...(address !== undefined && { address }),
      ...(store !== undefined && { store }),
      ...(maxConcurrent !== undefined && { maxConcurrent }),
    });
  }
  if (address !== undefined) throw new Error('--address: only --engine ray has one');
  if (store !== undefined) throw new Error('--store: only --engine ray has one; --out is on this machine');
  return localEngine(maxConcurrent ?? 2);
}
