import { foldOfName } from './foldOfName.js';
import type { Known } from './judgedRun.js';

/** One leaf of a configuration: its key, dots between the levels. */
export interface Setting extends Known<unknown> {
  readonly key: string;
}

/** What one value of the vocabulary means. */
interface FactValues {
  /** Cases that the run says it has. */
  cases: number;
  /** Slides that it says each case has. */
  slidesPerCase: number;
  encoder: string;
  /** Width of a patch's features. */
  patchWidth: number;
  bins: number;
  /** Rising, in the unit of the outcomes; with or without the outer ones. */
  binEdges: readonly number[];
  daysPerMonth: number;
  /** The endpoint: os, dss, pfi, … */
  label: string;
  epochs: number;
  /** Of which epoch the risks are, as the log counts. */
  chosenEpoch: number;
  /** By what the epoch was chosen. */
  selection: string;
  ties: string;
  metric: string;
  /** Null where the key is there and names none. */
  seed: number | null;
  batch: number;
  /** Batches whose gradients make one step. */
  accumulate: number;
  dropLast: boolean;
  loss: string;
  /** Weight that the likelihood takes away from censored cases. */
  lossAlpha: number;
  trainingCases: number;
  pathways: string;
  /** A C-index that the run reports. */
  cindex: number;
  /** An interval of it. */
  interval: readonly number[] | string;
  /** The lower end of one, where the two ends have keys of their own. */
  lowerBound: number;
  /** A spread over folds or seeds. */
  spread: number;
}

export type FactName = keyof FactValues;

/** All values of each fact, in the order of the files; none where nothing says it. */
export type Facts = { readonly [name in FactName]: readonly Known<FactValues[name]>[] };

/** How a setting becomes a fact. Keys are compared without case and signs. */
interface Rule<T> {
  readonly keys: readonly string[];
  /** Two words that end a key and mean something else. */
  readonly not?: readonly string[];
  /** The value is the run's only where it is not one of a list. */
  readonly alone?: boolean;
  readonly read: (value: unknown) => T | undefined;
}

const number = (value: unknown): number | undefined => {
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : undefined;
};
const text = (value: unknown): string | undefined =>
  (typeof value === 'string' && !isNone(value)) || typeof value === 'number' ? String(value) : undefined;
/** A name, and no number: `loss: 0.53` is a result. */
const word = (value: unknown): string | undefined =>
  typeof value === 'string' && !isNone(value) && Number.isNaN(Number(value)) ? value : undefined;
const flag = (value: unknown): boolean | undefined => {
  if (typeof value === 'boolean') return value;
  if (value === 1 || value === 0) return value === 1;
  return typeof value === 'string' && /^(true|false)$/i.test(value)
    ? value.toLowerCase() === 'true'
    : undefined;
};
const numbers = (value: unknown): number[] | undefined => {
  if (!Array.isArray(value)) return undefined;
  const read = value.map(number);
  return read.length > 0 && read.every((one) => one !== undefined) ? (read as number[]) : undefined;
};

function isNone(value: unknown): boolean {
  return value === null || (typeof value === 'string' && /^(none|null|)$/i.test(value.trim()));
}

const RULES: { readonly [name in FactName]: Rule<FactValues[name]> } = {
  cases: {
    keys: ['cases', 'numcases', 'ncases', 'patients', 'numpatients', 'npatients'],
    alone: true,
    read: number,
  },
  slidesPerCase: {
    keys: ['slidespercase', 'slidesperpatient', 'wsispercase', 'wsisperpatient'],
    read: number,
  },
  encoder: {
    keys: ['encoder', 'featureextractor', 'extractor', 'patchencoder', 'foundationmodel', 'features'],
    read: word,
  },
  patchWidth: {
    keys: [
      'patchwidth',
      'embeddim',
      'embdim',
      'encodingdim',
      'featuredim',
      'featdim',
      'pathinputdim',
      'indim',
    ],
    read: number,
  },
  bins: { keys: ['bins', 'nbins', 'numbins', 'nclasses', 'numclasses', 'nlabelbins'], read: number },
  binEdges: {
    keys: ['edges', 'binedges', 'timebins', 'bins', 'cuts', 'breaks', 'cutpoints', 'qbins'],
    read: numbers,
  },
  daysPerMonth: { keys: ['dayspermonth', 'monthdays', 'daysinmonth'], read: number },
  label: { keys: ['label', 'labelcol', 'endpoint', 'targetcol', 'outcome', 'survivalendpoint'], read: text },
  epochs: { keys: ['epochs', 'maxepochs', 'maxepoch', 'numepochs', 'nepochs'], read: number },
  chosenEpoch: { keys: ['bestepoch', 'selectedepoch', 'chosenepoch', 'testedepoch'], read: number },
  selection: {
    keys: ['selection', 'selectby', 'modelselection', 'monitor', 'checkpointmetric', 'earlystoppingmetric'],
    read: word,
  },
  ties: { keys: ['ties', 'tierule', 'tiedtol', 'tiemethod'], read: text },
  metric: { keys: ['metric', 'evalmetric', 'valmetric', 'metrics'], read: word },
  seed: {
    keys: ['seed', 'randomseed', 'randomstate', 'manualseed', 'seeds'],
    not: ['splitseed', 'foldseed', 'foldsseed', 'splitsseed', 'bootstrapseed'],
    read: (value) => (isNone(value) || value === -1 ? null : (number(value) ?? numbers(value)?.[0])),
  },
  batch: { keys: ['batch', 'batchsize', 'bs', 'trainbatchsize'], read: number },
  accumulate: {
    keys: [
      'accumulate',
      'gc',
      'gradaccum',
      'accumsteps',
      'accumulationsteps',
      'gradientaccumulationsteps',
      'gradaccumsteps',
    ],
    read: number,
  },
  dropLast: { keys: ['droplast'], read: flag },
  loss: {
    keys: ['loss', 'lossname', 'bagloss', 'lossfn', 'survloss', 'lossfunction', 'criterion'],
    read: word,
  },
  lossAlpha: { keys: ['alphasurv', 'lossalpha'], read: number },
  trainingCases: { keys: ['trainingcases', 'ntrain', 'numtrain', 'traincases'], read: number },
  pathways: { keys: ['pathways', 'signatures', 'typeofpath', 'genesets'], read: text },
  cindex: {
    keys: [
      'cindex',
      'concordance',
      'concordanceindex',
      'testcindex',
      'cindextest',
      'harrellc',
      'meancindex',
      'valcindex',
      'cindexval',
      'bestcindex',
      'bestvalcindex',
    ],
    read: number,
  },
  interval: {
    keys: [
      'interval',
      'ci',
      'ci95',
      '95ci',
      'confidenceinterval',
      'cindexci',
      'cindexinterval',
      'cindexci95',
    ],
    read: (value) => {
      const pair = numbers(value);
      if (pair) return pair.length === 2 ? pair : undefined;
      return typeof value === 'string' && /\d.*[-–,;].*\d/.test(value) ? value : undefined;
    },
  },
  lowerBound: {
    keys: ['lower', 'cilower', 'lowerci', 'cindexlower', 'intervallower', 'ci95lower'],
    read: number,
  },
  spread: { keys: ['cindexstd', 'stdcindex', 'cindexsd', 'cindexdeviation', 'cindexsem'], read: number },
};

/** Words by which a file nests what it means: wandb writes `{"seed": {"value": 7}}`. */
const WRAPPERS = new Set(['value', 'name', 'default']);

/** Letters and digits alone: `batch_size`, `batchSize` and `--batch-size` are one key. */
export function plainKey(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** What settings say in the vocabulary. */
export function factsOf(settings: readonly Setting[]): Facts {
  const rules = Object.entries(RULES) as [FactName, Rule<unknown>][];
  const found = Object.fromEntries(Object.keys(RULES).map((name) => [name, [] as Known<unknown>[]]));
  for (const { key, value, from } of settings) {
    const words = key.split('.').filter((word) => !/^\d+$/.test(word));
    while (words.length > 1 && WRAPPERS.has(words.at(-1)!)) words.pop();
    const last = plainKey(words.at(-1) ?? '');
    // `protocol.loss.alpha` is the loss's, `training.alpha` may be anything's.
    const two = plainKey(words.slice(-2).join(''));
    for (const [name, { keys, not = [], alone = false, read }] of rules) {
      if ((!keys.includes(last) && !keys.includes(two)) || not.includes(two)) continue;
      if (alone && /(^|\.)\d+(\.|$)/.test(key)) continue;
      const fact = read(value);
      if (fact !== undefined) found[name]!.push({ value: fact, from });
    }
  }
  return found as unknown as Facts;
}

/** The first value of a fact that is of a fold: one whose file or key names it, else one that names none. */
export function factOfFold<T>(facts: readonly Known<T>[], fold: string | undefined): Known<T> | undefined {
  const own = facts.filter(({ from }) => foldOfName(from) === fold);
  return (
    own[0] ??
    facts.find(({ from }) => foldOfName(from) === undefined) ??
    (fold === undefined ? facts[0] : undefined)
  );
}

/** True for a column or key that holds a C-index. */
export function isCindexKey(name: string): boolean {
  return RULES.cindex.keys.includes(plainKey(name));
}
