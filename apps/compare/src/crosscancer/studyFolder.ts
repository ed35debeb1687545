import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCell, type Cell } from './report/readCell.js';
import { cohortsOf, requireStudyFile, type StudyFile } from './report/studySchema.js';

/** A cell that cannot be used, and why. */
export interface BrokenCell {
  readonly path: string;
  readonly problem: string;
}

/** What lies in a study folder. */
export interface Study {
  readonly folder: string;
  readonly file: StudyFile;
  readonly cells: readonly Cell[];
  /** Cells whose files contradict each other or cannot be read; they are left out. */
  readonly broken: readonly BrokenCell[];
  /** Cells without a result: still running, or interrupted. */
  readonly unfinished: readonly string[];
}

/**
 * Read a study folder. What lies on disk is the truth: cells are those that are found, not those that study.json
 * asks for.
 *
 * @throws Error if there is no study.json or it is not one, or no cell is done.
 */
export function readStudy(folder: string): Study {
  const path = join(folder, 'study.json');
  if (!existsSync(path)) throw new Error(`${path}: no such file; is ${folder} the folder of a study?`);
  let file: StudyFile;
  try {
    file = requireStudyFile(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
  const known = new Set(file.cohorts.map(({ name }) => name));
  const outcomes = new Map<string, string>();
  const [cells, broken, unfinished]: [Cell[], BrokenCell[], string[]] = [[], [], []];
  for (const place of cellFolders(folder)) {
    if (!existsSync(join(folder, place, 'result.json'))) {
      unfinished.push(place);
      continue;
    }
    try {
      const cell = readCell(folder, place);
      requireKnown(cell, known);
      requireSameOutcomes(cell, outcomes);
      cells.push(cell);
    } catch (error) {
      broken.push({ path: place, problem: (error as Error).message });
    }
  }
  if (cells.length === 0) {
    const why = broken[0] ? `; ${broken.length} are broken, ${broken[0].path}: ${broken[0].problem}` : '';
    throw new Error(`${folder}: no cell of this study is done${why}. Run: ${file.command}`);
  }
  return { folder, file, cells, broken, unfinished };
}

/** cells/<backbone>/<module>/<source>/<cell>, sorted so that a report does not depend on the disk. */
export function cellFolders(root: string): string[] {
  let places = ['cells'];
  for (let depth = 0; depth < 4; depth++) {
    places = places.flatMap((place) =>
      existsSync(join(root, place))
        ? readdirSync(join(root, place), { withFileTypes: true })
            .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
            .map(({ name }) => `${place}/${name}`)
        : [],
    );
  }
  return places.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

function requireKnown(cell: Cell, known: ReadonlySet<string>): void {
  const stranger = [...cohortsOf(cell.source), ...cell.judged.map(({ cohort }) => cohort)].find(
    (name) => !known.has(name),
  );
  if (stranger) throw new Error(`result.json: study.json knows no cohort ${stranger}`);
}

/** One case has one outcome, whoever judges it: otherwise models were compared on different data. */
function requireSameOutcomes({ judged }: Cell, outcomes: Map<string, string>): void {
  for (const { cohort, caseIds, times, events } of judged) {
    caseIds.forEach((caseId, i) => {
      const outcome = `${times[i]} months, event ${Number(events[i])}`;
      const before = outcomes.get(`${cohort} ${caseId}`);
      if (before !== undefined && before !== outcome) {
        throw new Error(`risks.csv: ${caseId} of ${cohort} has ${outcome}, but ${before} in another cell`);
      }
    });
  }
  for (const { cohort, caseIds, times, events } of judged) {
    caseIds.forEach((caseId, i) =>
      outcomes.set(`${cohort} ${caseId}`, `${times[i]} months, event ${Number(events[i])}`),
    );
  }
}
