import type { Command } from 'commander';
import type { CommandContext, Finish } from '../context.js';
import { addDescribe } from './describe.js';
import { addSynth } from './synth.js';
import { addDownload } from './download.js';
import { addVerify } from './verify.js';
import { addConvert } from './convert.js';
import { addDataDoctor } from './doctor.js';
import { addPack } from './pack.js';

/** How one `concord data` command is added to its group. */
export type AddDataCommand = (data: Command, context: CommandContext, finish: Finish) => void;

/** All `concord data` commands, in the order in which help names them. */
const COMMANDS: readonly AddDataCommand[] = [
  addDescribe,
  addDataDoctor,
  addVerify,
  addDownload,
  addConvert,
  addPack,
  addSynth,
];

/** `concord data …`: everything between files, or the GDC, and the bags that a model eats. */
export function addData(program: Command, context: CommandContext, finish: Finish): void {
  const data = program
    .command('data')
    .summary('from files, or the GDC, to training-ready cohorts')
    .description('Everything between files on disk, or at the GDC, and the bags that a model eats.');
  for (const add of COMMANDS) add(data, context, finish);
}
