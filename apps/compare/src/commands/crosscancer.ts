import type { Command } from 'commander';
import type { CommandContext, Finish } from './context.js';
import { addCrosscancerReport } from './crosscancerReport.js';

/** `concord crosscancer …`: does a model that learned one cancer know another? */
export function addCrosscancer(program: Command, context: CommandContext, finish: Finish): void {
  const group = program
    .command('crosscancer')
    .summary('judge models on cancers that they were not trained on')
    .description(
      'Source × target × backbone × module × seed × fold: what carries over from cancer to cancer.',
    );
  addCrosscancerReport(group, context, finish);
}
