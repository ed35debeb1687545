import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { readSignatures, readTable } from '@concord/data';
import { readCaseTable } from './caseTable.js';
import { understandColumns } from './columns.js';
import { factsOf, isCindexKey, type Setting } from './facts.js';
import { foldOfName } from './foldOfName.js';
import {
  JudgedRunError,
  type CaseTable,
  type GeneTable,
  type JudgedRun,
  type PathwayTable,
  type RunSplit,
  type TrainingLog,
  type UnusedFile,
} from './judgedRun.js';
import { isGeneTable, readGenes } from './readGenes.js';
import { logColumns, readLog } from './readLog.js';
import { isSplitTable, readRunSplit, splitOfSettings, splitsOfTable } from './readRunSplit.js';
import { readSettings, settingsOfTable } from './readSettings.js';

/** A folder with more files is no run; somebody named the wrong one. */
const MOST_FILES = 20_000;
const DEEPEST = 4;
/** Columns of a table that nobody wrote by hand. */
const WIDE = 40;
const WEIGHTS = /(\.(pt|pth|safetensors|ckpt)|(model|weights|checkpoint)\w*\.bin)$/i;
const BAG_FOLDER = /(^|[/_-])(features|feats|bags|pt_files|h5_files)(\/|$)/i;

/** What is gathered while the files are read. */
interface Gathered {
  readonly tables: CaseTable[];
  readonly splits: RunSplit[];
  readonly logs: TrainingLog[];
  readonly genes: GeneTable[];
  readonly pathways: PathwayTable[];
  readonly settings: Setting[];
  readonly unused: UnusedFile[];
}

/**
 * Read a run: a folder of `concord train`, a cell of a study, or anybody's folder with risks by case. What a file is
 * is seen from its content; `reference` holds tables that are right whatever the run made of them. Nothing is
 * changed and nothing of a file is executed.
 *
 * @throws JudgedRunError if it is no folder, holds nothing that can be judged, or too many files. A file that cannot
 *   be read is in `unused`, with why.
 */
export function readJudgedRun(folder: string): JudgedRun {
  if (!existsSync(folder)) throw new JudgedRunError(`${folder}: there is no such folder`);
  if (!statSync(folder).isDirectory()) {
    throw new JudgedRunError(`${folder}: that is a file; name the folder of the run that holds it`);
  }
  const paths = filesOf(folder);
  const gathered: Gathered = {
    ...{ tables: [], splits: [], logs: [], genes: [], pathways: [], settings: [], unused: [] },
  };
  const attempt = <T>(path: string, read: (file: string) => T): T | undefined => {
    const file = shown(folder, path);
    try {
      return read(file);
    } catch (error) {
      const why = (error as Error).message.replaceAll(path, file).replace(`${file}: `, '');
      gathered.unused.push({ file, why });
      return undefined;
    }
  };
  const { settings } = gathered;
  for (const path of paths.filter(isSettings)) {
    settings.push(...(attempt(path, (file) => readSettings(path, file)) ?? []));
  }
  const label = factsOf(settings).label[0]?.value;
  for (const path of paths.filter((one) => /\.(csv|tsv|gmt)$/i.test(one))) {
    attempt(path, (file) => gather(path, file, label, gathered));
  }
  for (const path of paths.filter((one) => /\.(pkl|pickle)$/i.test(one))) {
    const why = 'not opened: to open a pickle runs what it holds; write the risks as CSV, a row a case';
    gathered.unused.push({ file: shown(folder, path), why });
  }
  gathered.splits.push(...splitOfSettings(settings));
  const { tables, splits, logs, genes, unused } = gathered;
  if ([tables, splits, logs, genes, settings].every(({ length }) => length === 0)) {
    const [first] = unused;
    const seen = first ? `; ${first.file}: ${first.why}` : '';
    throw new JudgedRunError(
      `${folder}: holds no run: no table of cases, no split, no genes, no training log and no configuration${seen}. ` +
        'Put risks.csv there, with the columns case, risk, months and event',
    );
  }
  const inBags = (path: string) => BAG_FOLDER.test(shown(folder, path));
  return {
    folder,
    form: formOf(folder, settings),
    ...gathered,
    checkpoints: paths.filter((path) => WEIGHTS.test(path) && !inBags(path)),
    bags: paths.filter((path) => /\.(pt|h5|hdf5|npy|safetensors)$/i.test(path) && inBags(path)),
    facts: factsOf(settings),
  };
}

/** Take a table for what its columns show. */
function gather(path: string, file: string, label: string | undefined, gathered: Gathered): void {
  const reference = /(^|\/)references?\//i.test(file);
  if (/\.gmt$/i.test(path) || /(pathway|signature|gene_?set)/i.test(file.split('/').at(-1)!)) {
    const sets = readSignatures(readFileSync(path), path);
    gathered.pathways.push({ file, sets });
    return;
  }
  if (file.endsWith('embeddings.csv')) return;
  const table = readTable(path);
  const { of } = understandColumns(table.names, label);
  const named = of.case !== undefined || of.slide !== undefined;
  const log = logColumns(table.names);
  // Among many genes there is one that is called SET, and one called T.
  const outcome = of.time !== undefined && (of.event ?? of.censored) !== undefined;
  if (table.names.length > WIDE && of.risk === undefined && !outcome && isGeneTable(table)) {
    gathered.genes.push({ ...readGenes(table, file), reference });
  } else if (!named && Object.keys(log).length > 1) {
    gathered.logs.push(readLog(table, file));
  } else if (isSplitTable(table.names) && of.risk === undefined && of.time === undefined) {
    gathered.splits.push(readRunSplit(table, file));
  } else if (named && (of.risk ?? of.time ?? of.part ?? of.slide ?? of.slides ?? of.bin) !== undefined) {
    const read = withFold({ ...readCaseTable(table, file, label), reference });
    gathered.tables.push(read);
    gathered.splits.push(...(of.risk === undefined ? splitsOfTable(read) : []));
  } else if (!named && table.names.some(isCindexKey)) {
    gathered.settings.push(...settingsOfTable(table, file));
  } else if (isGeneTable(table)) {
    gathered.genes.push({ ...readGenes(table, file), reference });
  } else {
    throw new Error(`its columns (${table.names.slice(0, 6).join(', ')}) are none that were understood`);
  }
}

/** Risks of several folds, a file each: the file's name says the fold. */
function withFold(table: CaseTable): CaseTable {
  const fold = foldOfName(table.file);
  if (fold === undefined) return table;
  return { ...table, rows: table.rows.map((row) => ({ fold, ...row })) };
}

function formOf(folder: string, settings: readonly Setting[]): JudgedRun['form'] {
  const ours = settings.some(({ key, value }) => key === 'schema' && /^concord\.cell/.test(String(value)));
  if (!ours) return 'folder';
  return /[\\/]cells[\\/]/.test(folder) ? 'cell' : 'concord';
}

function isSettings(path: string): boolean {
  const name = path.split(/[\\/]/).at(-1)!;
  if (/^(experiment|args|settings|config)\w*\.txt$/i.test(name)) return true;
  return /\.(json|ya?ml)$/i.test(name) && !/^(package|ro-crate|report)/i.test(name);
}

/** Files of a folder, sorted, so that nothing depends on the disk. */
function filesOf(folder: string): string[] {
  const found: string[] = [];
  const walk = (place: string, depth: number) => {
    for (const entry of readdirSync(place, { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules' || entry.name === '__pycache__')
        continue;
      const path = join(place, entry.name);
      if (entry.isDirectory() && depth < DEEPEST) walk(path, depth + 1);
      else if (entry.isFile()) found.push(path);
      if (found.length > MOST_FILES) {
        throw new JudgedRunError(
          `${folder}: holds more than ${MOST_FILES} files; name the folder of one run`,
        );
      }
    }
  };
  walk(folder, 0);
  return found.sort((a, b) => (a < b ? -1 : 1));
}

function shown(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/');
}
