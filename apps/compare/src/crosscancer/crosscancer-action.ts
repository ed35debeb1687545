import type { CommandContext, ExitCode } from '../commands/context.js';
import type { CrosscancerFlags } from '../commands/crosscancer.js';
import { RETRIES } from '../grid/engine.js';
import { localEngine } from '../grid/localEngine.js';
import { runStudy } from '../grid/runStudy.js';

/** Run the missing cells of a study on this machine. @throws Error when it could not begin. */
export function runCrosscancer(flags: CrosscancerFlags, context: CommandContext): Promise<ExitCode> {
  return runStudy(flags, context, {
    ...{ engine: localEngine(flags.jobs), name: 'concord crosscancer' },
    ...{ limits: {}, retries: RETRIES, stale: 'refuse', again: true },
  });
}
