import { readJudgedRun, type JudgedRun, type UnusedFile } from '../judgedRun/index.js';
import type { CheckFinding, RunCheck } from './check.js';
import { CHECKS } from './checks.js';

/** A check with what it saw. */
export interface CheckResult extends Omit<RunCheck, 'judge'>, CheckFinding {}

/** A run with all of its checks. */
export interface CheckedRun {
  readonly folder: string;
  readonly form: JudgedRun['form'];
  /** What was read, in a few words for each kind. */
  readonly read: readonly string[];
  readonly unused: readonly UnusedFile[];
  readonly checks: readonly CheckResult[];
}

/**
 * Read one run and make every check of it.
 *
 * @throws JudgedRunError as `readJudgedRun`.
 */
export async function runChecks(folder: string): Promise<CheckedRun> {
  const run = readJudgedRun(folder);
  const checks: CheckResult[] = [];
  for (const { judge, ...about } of CHECKS) checks.push({ ...about, ...(await judge(run)) });
  return { folder, form: run.form, read: filesRead(run), unused: run.unused, checks };
}

function filesRead({
  tables,
  splits,
  logs,
  genes,
  pathways,
  checkpoints,
  bags,
  settings,
}: JudgedRun): string[] {
  const of = (kind: string, files: readonly string[]) =>
    files.length === 0 ? [] : [`${kind}: ${[...new Set(files)].slice(0, 6).join(', ')}`];
  const file = ({ from }: { readonly from: string }) => from.split(': ')[0]!;
  return [
    ...of(
      'cases',
      tables.map((table) => table.file),
    ),
    ...of('splits', splits.map(file)),
    ...of('settings', settings.map(file)),
    ...of(
      'logs',
      logs.map((log) => log.file),
    ),
    ...of(
      'genes',
      genes.map((table) => table.file),
    ),
    ...of(
      'pathways',
      pathways.map((table) => table.file),
    ),
    ...(checkpoints.length > 0 ? [`checkpoints: ${checkpoints.length}`] : []),
    ...(bags.length > 0 ? [`bags: ${bags.length}`] : []),
  ];
}
