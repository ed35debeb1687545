import { Command, CommanderError } from 'commander';
import { addAudit } from './audit.js';
import { addBench } from './bench.js';
import { addCheck } from './check.js';
import type { CommandContext, ExitCode } from './context.js';
import { addData } from './data/data.js';
import { addCrosscancer } from './crosscancer.js';
import { addDescribe } from './describe.js';
import { addDoctor } from './doctor.js';
import { addExplain } from './explain.js';
import { addGrid } from './grid.js';
import { addList } from './list.js';
import { addParity } from './parity.js';
import { addTrain } from './train.js';
import { addWeights } from './weights.js';

/**
 * Run one command line.
 *
 * @param argv what stands after `concord`.
 * @returns the exit code: 0 agree, 1 disagree, 2 could not run. Never throws.
 */
export async function runCommandLine(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  let ended: ExitCode = 0;
  const program = createProgram(context, (code) => (ended = code));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return ended;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    context.err.write(`error: ${describe(error, context)}\n`);
    return 2;
  }
}

function createProgram(context: CommandContext, finish: (code: ExitCode) => void): Command {
  const program = new Command('concord')
    .description(
      'Do two stacks compute the same? Survival models in TypeScript and PyTorch, compared number by number.',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.out(text),
      writeErr: (text) => void context.err.write(text),
      getOutHasColors: () => context.colors,
      getErrHasColors: () => context.colors,
    })
    .showHelpAfterError('(concord help shows what there is)')
    .addHelpText('after', '\nExit codes: 0 they agree, 1 they disagree, 2 it could not run.\n');
  addParity(program, context, finish);
  addTrain(program, context, finish);
  addBench(program, context, finish);
  addAudit(program, context, finish);
  addCheck(program, context, finish);
  addExplain(program, context, finish);
  addDescribe(program, context, finish);
  addWeights(program, context, finish);
  addCrosscancer(program, context, finish);
  addGrid(program, context, finish);
  addData(program, context, finish);
  addList(program, context, finish);
  addDoctor(program, context, finish);
  return program;
}

/** The message alone: a stack helps nobody who mistyped a name. CONCORD_DEBUG=1 brings it back. */
function describe(error: unknown, { env }: CommandContext): string {
  if (!(error instanceof Error)) return String(error);
  return env['CONCORD_DEBUG'] === '1' ? (error.stack ?? error.message) : error.message;
}
