import { plainKey } from './facts.js';

/** What a column can mean, and the names that the field gives it, without case and signs. */
const NAMES = {
  case: [
    ...['case', 'caseid', 'cases', 'patient', 'patientid', 'pid', 'casesubmitterid', 'submitterid'],
    ...['bcrpatientbarcode', 'patientbarcode', 'subject', 'subjectid', 'id'],
  ],
  slide: ['slide', 'slideid', 'slidename', 'wsi', 'wsiid', 'filename', 'image', 'imageid'],
  slides: ['slides', 'numslides', 'nslides'],
  cohort: ['cohort', 'project', 'projectid', 'cancer', 'cancertype', 'study'],
  part: ['role', 'part', 'partition', 'set', 'subset', 'phase', 'split'],
  fold: ['fold', 'foldid', 'kfold'],
  risk: [
    ...['risk', 'riskscore', 'riskscores', 'risks', 'allriskscores', 'hazard', 'logrisk', 'loghazard'],
    ...['score', 'prediction', 'predictions', 'predictedrisk', 'pred', 'predrisk', 'yhat'],
  ],
  event: [
    ...['event', 'events', 'eventobserved', 'observed', 'status', 'vitalstatus', 'survivalstatus', 'death'],
    ...['dead', 'deceased', 'e', 'fustat', 'osstatus', 'osevent', 'os'],
  ],
  censored: ['censorship', 'censorships', 'censored', 'censor', 'censoring', 'allcensorships', 'c'],
  bin: ['bin', 'timebin', 'disclabel', 'label', 'survivalbin', 'y'],
  patches: ['patches', 'numpatches', 'npatches', 'tiles', 'bagsize'],
  width: ['width', 'featuredim', 'featdim', 'dim', 'embeddim'],
} as const;

/** Columns by which one file holds the risks of several trainings. */
const RUNS = new Set([
  'seed',
  'repeat',
  'rep',
  'trial',
  'run',
  'model',
  'modelname',
  'method',
  'backbone',
  'module',
]);

/** Times carry their unit in their name, or none. */
const TIMES = /^(os|dss|pfi|dfi|overall)?(survival|followup|fu|event)?(time)?(in)?(months?|days?|years?)?$/;
const OTHER_TIMES = new Set(['t', 'duration', 'survival', 'alleventtimes', 'eventtimes', 'futime', 'ost']);
const ENDPOINTS = ['os', 'dss', 'pfi', 'dfi'];

export type Meaning = keyof typeof NAMES | 'time';

/** The columns of a table by what they mean; `hazards` are those of the bins, in order, `runs` tell trainings apart. */
export interface Columns {
  readonly of: Readonly<Partial<Record<Meaning, string>>>;
  readonly hazards: readonly string[];
  readonly runs: readonly string[];
  readonly unit: 'months' | 'days' | 'years' | 'unknown';
}

/**
 * What the columns of a table mean. The first name of a list that is there counts; an ending such as `_dss` is
 * taken where no plain column is there.
 *
 * @param label the endpoint that the run reports, where it says one: `survival_months_dss` is then the time.
 */
export function understandColumns(names: readonly string[], label = ''): Columns {
  const endpoint = ENDPOINTS.find((one) => plainKey(label).includes(one) && one !== 'os');
  const plain = new Map<string, string>();
  for (const name of names) if (!plain.has(plainKey(name))) plain.set(plainKey(name), name);
  const find = (wanted: readonly string[]): string | undefined => {
    const endings = [...(endpoint ? [endpoint] : []), '', ...ENDPOINTS];
    for (const ending of endings) {
      for (const one of wanted) {
        const found = plain.get(`${one}${ending}`) ?? (ending && plain.get(`${ending}${one}`));
        if (found !== undefined && found !== '') return found;
      }
    }
    return undefined;
  };
  const of: Partial<Record<Meaning, string>> = {};
  for (const [meaning, wanted] of Object.entries(NAMES) as [Meaning, readonly string[]][]) {
    const found = find(wanted);
    if (found !== undefined && !Object.values(of).includes(found)) of[meaning] = found;
  }
  const times = [...plain.keys()].filter((one) => isTime(one));
  const time = find(times.map((one) => stripped(one)).filter((one) => one !== ''));
  if (time !== undefined) of.time = time;
  const hazards = [...plain]
    .filter(([one]) => /^hazards?\d+$/.test(one))
    .sort(([a], [b]) => Number(/\d+$/.exec(a)![0]) - Number(/\d+$/.exec(b)![0]))
    .map(([, name]) => name);
  // pandas writes the index, which then names the cases, without a name.
  const [first = ''] = names;
  if (
    of.risk !== undefined &&
    of.case === undefined &&
    of.slide === undefined &&
    /^(unnamed0|index|)$/.test(plainKey(first))
  ) {
    of.case = first;
  }
  const runs = [...plain].filter(([one]) => RUNS.has(one)).map(([, name]) => name);
  return { of, hazards, runs, unit: unitOf(of.time) };
}

function isTime(plain: string): boolean {
  return plain !== '' && (OTHER_TIMES.has(plain) || timeWords(stripped(plain)) || timeWords(plain));
}

/** The field's names of a time always hold a word for it: `os` alone is an event. */
function timeWords(plain: string): boolean {
  return TIMES.test(plain) && /time|months?$|days?$|years?$/.test(plain);
}

function stripped(plain: string): string {
  const ending = ENDPOINTS.find((one) => plain.endsWith(one) && plain.length > one.length + 2);
  return ending ? plain.slice(0, -ending.length) : plain;
}

function unitOf(name = ''): Columns['unit'] {
  const plain = plainKey(name);
  if (plain.includes('month')) return 'months';
  if (plain.includes('day')) return 'days';
  return plain.includes('year') ? 'years' : 'unknown';
}
