import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CELL_SCHEMA } from '../train/cellFiles.js';
import { runChecks, type CheckedRun } from './runChecks.js';
import type { CheckVerdict } from './check.js';

/** A folder that could not be read as a run. */
export interface CheckProblem {
  readonly where: string;
  readonly problem: string;
}

/** All that the checks of some runs saw. */
export interface CheckReport {
  readonly schema: 'concord-check/1';
  /** The command line that makes it again. */
  readonly command: string;
  readonly date: string;
  readonly runs: readonly CheckedRun[];
  readonly problems: readonly CheckProblem[];
  /** Checks of all runs, by their verdict. */
  readonly summary: Readonly<Record<CheckVerdict, number>>;
}

/**
 * Check the runs in some folders. A folder of runs of this program, as a study is, stands for each of them.
 *
 * @param folders as they are to be named; relative to `cwd`.
 * @returns what each check saw; a folder that cannot be read is a problem, and the others are checked.
 */
export async function checkFolders(
  folders: readonly string[],
  cwd: string,
  command: string,
): Promise<CheckReport> {
  const date = new Date().toISOString();
  const runs: CheckedRun[] = [];
  const problems: CheckProblem[] = [];
  for (const folder of folders.flatMap((one) => runsOf(resolve(cwd, one), one))) {
    try {
      const run = await runChecks(folder.path);
      runs.push({ ...run, folder: folder.name });
    } catch (error) {
      const problem = (error as Error).message.replace(`${folder.path}: `, '');
      problems.push({ where: folder.name, problem });
    }
  }
  const count = (wanted: CheckVerdict) =>
    runs.flatMap(({ checks }) => checks).filter(({ verdict }) => verdict === wanted).length;
  const summary = {
    found: count('found'),
    'not found': count('not found'),
    'cannot be judged': count('cannot be judged'),
  };
  return { schema: 'concord-check/1', command, date, runs, problems, summary };
}

interface NamedFolder {
  readonly path: string;
  readonly name: string;
}

/** The folder itself; or, where runs of this program lie beneath it, each of them: a study has its cells so. */
function runsOf(path: string, name: string): NamedFolder[] {
  if (!existsSync(path) || !statSync(path).isDirectory() || existsSync(join(path, 'config.json'))) {
    return [{ path, name }];
  }
  const runs = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => /[\\/]result\.json$/.test(file) && isOurs(join(path, file)))
    .map((file) => dirname(file))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  if (runs.length === 0) return [{ path, name }];
  return runs.map((run) => ({ path: join(path, run), name: join(name, run) }));
}

function isOurs(file: string): boolean {
  return readFileSync(file, 'utf8').includes(`"schema": "${CELL_SCHEMA}"`);
}
