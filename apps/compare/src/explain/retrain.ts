import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COHORTS } from '@concord/data';
import { isPeer } from '../crosscancer/gridOptions.js';
import { readJudgedRun, type JudgedRun } from '../judgedRun/index.js';
import type { CellSpec } from '../train/cellSpec.js';
import { loadCohorts } from '../train/loadCohorts.js';
import { runCell } from '../train/runCell.js';
import type { StudyCohort } from '../train/studyCohort.js';
import type { JudgedRow } from './comparedRun.js';
import { chooseCohorts, type JudgedCohort } from './judgedCohort.js';
import { ExplainError } from './pairRuns.js';
import { readComparedRun } from './readComparedRun.js';
import { differingGroups, type TrainingGroup } from './trainingGroups.js';

/** Groups of which every combination is trained; of more, each alone from either end. */
const ALL_COMBINATIONS = 3;

/** Trainings between two runs: judged cases of the run that has a set of groups from B, bit `i` for group `i`. */
export interface Retrained {
  readonly groups: readonly TrainingGroup[];
  readonly rows: ReadonlyMap<number, readonly JudgedRow[]>;
}

/** What training again needs. */
export interface RetrainSetting {
  readonly cwd: string;
  /** Cohort files, where the runs were not trained on embedded cohorts. */
  readonly data: readonly string[];
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

/** What config.json of a run holds, as far as it is needed to run it again. */
type Config = CellSpec & {
  readonly cohorts: readonly {
    readonly name: string;
    readonly cases: number;
    readonly digests: Readonly<Record<string, string>>;
  }[];
};

/**
 * Train what lies between two runs on the same data, to see what each difference of how they were made moves.
 *
 * @throws ExplainError where one is no run of this program, or their data differ or cannot be loaded.
 */
export async function retrain(
  runs: readonly [a: JudgedRun, b: JudgedRun],
  chosen: JudgedCohort,
  { cwd, data, signal, note }: RetrainSetting,
): Promise<Retrained> {
  const [a, b] = [configOf('A', runs[0]), configOf('B', runs[1])];
  for (const { backbone } of [a, b]) {
    if (isPeer(backbone))
      throw new ExplainError(`--retrain: ${backbone} is none of the backbones that are trained`);
  }
  const groups = differingGroups(specOf(a), specOf(b));
  const sets = setsOf(groups.length);
  const cohorts = await loadSame(a, b, data, cwd);
  const folder = mkdtempSync(join(tmpdir(), 'concord-explain-'));
  try {
    const rows = new Map<number, readonly JudgedRow[]>();
    for (const [i, set] of sets.entries()) {
      signal.throwIfAborted();
      const names = groups.filter((_, g) => set & (1 << g)).map(({ name }) => name);
      note(`training ${i + 1} of ${sets.length}: A with B's ${names.join(', ')}`);
      const spec = groups.reduce((to, { take }, g) => (set & (1 << g) ? take(specOf(b), to) : to), specOf(a));
      const out = join(folder, String(set));
      const targets = cohorts.map((cohort) => cohort.name).filter((one) => !spec.sources.includes(one));
      await runCell({ ...spec, targets }, cohorts, {
        ...{ folder: out, cwd, signal, note: () => undefined },
      });
      signal.throwIfAborted();
      const trained = readJudgedRun(out);
      const [own] = chooseCohorts([trained, trained], {
        ...(chosen.cohort !== undefined && { cohort: chosen.cohort }),
      });
      rows.set(set, readComparedRun(out, trained, own).rows);
    }
    return { groups, rows };
  } finally {
    for (const cohort of cohorts) cohort.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Combinations to train: what neither A nor B is. */
function setsOf(groups: number): number[] {
  const all = 2 ** groups - 1;
  if (groups <= ALL_COMBINATIONS) return Array.from({ length: Math.max(0, all - 1) }, (_, i) => i + 1);
  return Array.from({ length: groups }, (_, i) => [1 << i, all ^ (1 << i)]).flat();
}

function configOf(name: string, { form, folder }: JudgedRun): Config {
  if (form === 'folder') {
    throw new ExplainError(`${name}: only runs of concord train can be trained again; leave --retrain out`);
  }
  return JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as Config;
}

function specOf({
  backbone,
  module,
  stack,
  seed,
  scaling,
  sources,
  targets,
  split,
  training,
}: Config): CellSpec {
  return { backbone, module, stack, seed, scaling, sources, targets, split, training };
}

/** The cohorts of both runs, if they are the same ones and what was loaded is what was trained on. */
async function loadSame(a: Config, b: Config, data: readonly string[], cwd: string): Promise<StudyCohort[]> {
  const wanted = new Map([...a.cohorts, ...b.cohorts].map((cohort) => [cohort.name, cohort]));
  for (const { name, digests } of [...a.cohorts, ...b.cohorts]) {
    if (JSON.stringify(digests) === JSON.stringify(wanted.get(name)!.digests)) continue;
    throw new ExplainError(`the data of ${name} differ; --retrain tells trainings on the same data apart`);
  }
  const names = [...wanted.keys()];
  const missing = names.filter((name) => !(COHORTS as readonly string[]).includes(name));
  if (data.length === 0 && missing.length > 0) {
    throw new ExplainError(`--retrain: name the cohort files of ${missing.join(', ')} with --data`);
  }
  const cohorts = await loadCohorts({
    cohorts: data.length > 0 ? data : names,
    cwd,
    synthetic: { cases: a.cohorts[0]!.cases, shift: 0.4, geneSignal: 1, patchSignal: 1, seed: 7 },
  });
  for (const [name, { digests }] of wanted) {
    const loaded = cohorts.find((cohort) => cohort.name === name);
    if (loaded && JSON.stringify(sorted(loaded.digests)) === JSON.stringify(sorted(digests))) continue;
    throw new ExplainError(
      loaded
        ? `${name} as it is loaded is not what the runs were trained on: its digest differs. An embedded cohort can be loaded as concord train makes it without options of its own but --cases`
        : `--data names no cohort ${name}; there are: ${cohorts.map((cohort) => cohort.name).join(', ')}`,
    );
  }
  return cohorts;
}

function sorted(digests: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(digests).sort(([x], [y]) => (x < y ? -1 : 1));
}
