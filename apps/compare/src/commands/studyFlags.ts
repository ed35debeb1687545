import { Command } from 'commander';
import { wholeNumber, wholeNumbers } from './arguments.js';
import { addTrainFlags, type TrainFlags } from './trainFlags.js';

/** What a study crosses; the options that `crosscancer` and `grid run` have in common. */
export interface StudyFlags extends TrainFlags {
  readonly cohort: string;
  readonly source?: string;
  readonly target?: string;
  readonly backbone: string;
  readonly module: string;
  readonly seeds: number[];
  readonly folds: number;
  readonly fold: number[];
  readonly keep?: boolean;
  readonly out: string;
}

/** Out of more options, those that say what a study is. */
export function studyFlagsOf<T extends StudyFlags>(flags: T): StudyFlags {
  const names = addStudyFlags(new Command(), flags.out).options.map((option) => option.attributeName());
  const entries = Object.entries(flags).filter(([name]) => names.includes(name));
  return Object.fromEntries(entries) as unknown as StudyFlags;
}

/** Add them to a command. @param out the folder where nobody names one. */
export function addStudyFlags(command: Command, out: string): Command {
  command
    .option('--cohort <list>', 'embedded cohorts or cohort files, separated by commas', 'brca,blca,stad,hnsc')
    .option(
      '--source <list>',
      'cohorts that train; several joined by + train together (default: each cohort)',
    )
    .option('--target <list>', 'cohorts that models are judged on (default: all)')
    .option(
      '--backbone <list>',
      'backbones and peers, separated by commas',
      'survpath,survpath-nystrom,mcat-pathways,ridge-cox,random-survival-forest',
    )
    .option('--module <list>', 'variants of the modules', 'plain,mixstyle,dsu,described,extended')
    .option('--seeds <list>', 'of weights, order, draws and folds', wholeNumbers(0, 2 ** 32 - 1), [7, 8, 9])
    .option('--folds <n>', 'folds of a source', wholeNumber(2, 100), 5)
    .option('--fold <list>', 'those that are held out in turn, from 0', wholeNumbers(0, 99), [0])
    .option('--keep', 'keep the checkpoints of finished cells')
    .option('--out <folder>', 'folder of the study', out);
  return addTrainFlags(command, { epochs: 4, cases: 48 });
}
