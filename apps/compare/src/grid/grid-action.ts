import type { CommandContext, ExitCode } from '../commands/context.js';
import type { EngineFlags, GridRunFlags } from '../commands/grid.js';
import type { GridEngine } from './engine.js';
import { localEngine } from './localEngine.js';
import { rayEngine } from './rayEngine.js';
import { runStudy } from './runStudy.js';

/** Run what is missing of a grid. @throws Error when it could not begin. */
export function runGridCommand(flags: GridRunFlags, context: CommandContext): Promise<ExitCode> {
  const { limit, memory, retries, stale, again = false } = flags;
  return runStudy(flags, context, {
    ...{ engine: engineOf(flags), name: 'concord grid run', retries, stale, again },
    limits: {
      ...(limit !== undefined && { seconds: limit }),
      ...(memory !== undefined && { megabytes: memory }),
    },
  });
}

function engineOf(flags: EngineFlags): GridEngine {
  const { engine, address, cpusPerRun, gpusPerRun, maxConcurrent } = flags;
  if (engine === 'ray') {
    return rayEngine({
      ...{ cpusPerRun, gpusPerRun },
      ...(address !== undefined && { address }),
      ...(maxConcurrent !== undefined && { maxConcurrent }),
    });
  }
  if (address !== undefined) throw new Error('--address: only --engine ray has one');
  return localEngine(maxConcurrent ?? 2);
}
