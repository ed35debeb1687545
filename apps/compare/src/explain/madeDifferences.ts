import { plainKey } from '../judgedRun/facts.js';
import { factOfFold, type FactName, type JudgedRun, type Setting } from '../judgedRun/index.js';
import type { MadeDifference } from './explanation.js';
import { WEIGHTING } from './readComparedRun.js';
import { CHANGED, TRAIN_KEYS, trainCommand, trainSettings, type TrainSettings } from './trainCommand.js';

/** Keys of config.json that say nothing of how the model was made: another key says it, or it is who is judged. */
const SILENT = /^(schema|hash|targets|training\.changes\.|cohorts\..+\.name$)/;

/** What outsiders' files say, by our names; what is measured and not made is left out. */
const FACTS: Readonly<Partial<Record<FactName, { readonly name: string; readonly key?: string }>>> = {
  slidesPerCase: { name: 'slides of a case' },
  encoder: { name: 'features' },
  patchWidth: { name: 'width of features' },
  bins: { name: 'bins' },
  binEdges: { name: 'edges of bins' },
  label: { name: 'endpoint' },
  epochs: { name: 'epochs', key: 'training.epochs' },
  chosenEpoch: { name: 'chosen epoch' },
  selection: { name: 'selection of the epoch' },
  seed: { name: 'seed', key: 'seed' },
  batch: { name: 'batch', key: 'protocol.batch' },
  accumulate: { name: 'accumulated batches', key: 'protocol.accumulate' },
  dropLast: { name: 'last batch dropped' },
  loss: { name: 'loss' },
  lossAlpha: { name: 'alpha of the loss' },
  trainingCases: { name: 'training cases' },
  pathways: { name: 'pathways' },
};

/** What two runs were made with that differs, as far as their files say: behind it may stand other risks. */
export function madeDifferences(a: JudgedRun, b: JudgedRun): MadeDifference[] {
  if (a.form !== 'folder' && b.form !== 'folder') {
    return trainedDifferences(trainSettings(a.settings), trainSettings(b.settings));
  }
  return [...factDifferences(a, b), ...otherDifferences(a, b)];
}

function trainedDifferences(a: TrainSettings, b: TrainSettings): MadeDifference[] {
  const keys = [...new Set([...a.keys(), ...b.keys()])].filter((key) => !SILENT.test(key));
  const differing = keys.filter((key) => !isSame(a.get(key), b.get(key)));
  const follow = (key: string) =>
    // A backbone has a protocol of its own; a cohort that one run alone has is among the training cohorts, or is judged.
    (differing.includes('backbone') && isPublished(key, a, b)) ||
    (key.startsWith('cohorts.') && a.has(key) !== b.has(key));
  // One option sets both seeds.
  const follows = differing.includes('seed') && isOneSeed(a) && isOneSeed(b);
  return differing
    .filter((key) => !(follows && key === 'split.seed') && !follow(key))
    .map((key) => {
      const command = trainCommand(a, { key, value: b.get(key) ?? null });
      return {
        name: key === 'seed' && follows ? 'seed (of the folds, too)' : nameOf(key),
        ...{ a: shown(a.get(key)), b: shown(b.get(key)), where: [`config.json: ${key}`] },
        ...(command !== undefined && { command, of: 'A' as const }),
      };
    });
}

/** Whether a key of the protocol has what was published with the backbone, in both runs. */
function isPublished(key: string, ...runs: readonly TrainSettings[]): boolean {
  return key.startsWith('protocol.') && runs.every((run) => !run.has(CHANGED[key] ?? ''));
}

function isOneSeed(settings: TrainSettings): boolean {
  return settings.get('split.seed') === settings.get('seed');
}

function nameOf(key: string): string {
  const known = TRAIN_KEYS[key]?.name;
  if (known !== undefined) return known;
  const [, cohort, what] = /^cohorts\.(.+?)\.(.+)$/.exec(key) ?? [];
  if (cohort === undefined) return key;
  return /^digests\./.test(what!) ? `data of ${cohort} (${what!.slice(8)})` : `${what} of ${cohort}`;
}

function factDifferences(a: JudgedRun, b: JudgedRun): MadeDifference[] {
  const ours = [a, b].find(({ form }) => form !== 'folder');
  return (Object.keys(FACTS) as FactName[]).flatMap((fact): MadeDifference[] => {
    const [inA, inB] = [
      factOfFold<unknown>(a.facts[fact], undefined),
      factOfFold<unknown>(b.facts[fact], undefined),
    ];
    if (!inA || !inB || isSame(inA.value, inB.value)) return [];
    const { name, key } = FACTS[fact]!;
    const command =
      ours &&
      key &&
      trainCommand(trainSettings(ours.settings), { key, value: (ours === a ? inB : inA).value });
    return [
      {
        ...{ name, a: shown(inA.value), b: shown(inB.value), where: [`A ${inA.from}`, `B ${inB.from}`] },
        ...(command && { command, of: ours === a ? ('A' as const) : ('B' as const) }),
      },
    ];
  });
}

/** Keys that both have and the vocabulary does not know. Files of results say what came out, not what was done. */
function otherDifferences(a: JudgedRun, b: JudgedRun): MadeDifference[] {
  const told = (settings: readonly Setting[]) =>
    new Map(
      settings
        .filter(({ from }) => !/((result|summary|metric|report)[^/]*|\.[ct]sv\S*): /i.test(from))
        .map((setting) => [plainKey(setting.key), setting] as const),
    );
  const [inA, inB] = [told(a.settings), told(b.settings)];
  const known = new Set(Object.values(a.facts).flatMap((values) => values.map(({ from }) => from)));
  return [...inA].flatMap(([key, one]): MadeDifference[] => {
    const other = inB.get(key);
    if (
      !other ||
      WEIGHTING.includes(plainKey(one.key.split('.').at(-1)!)) ||
      known.has(one.from) ||
      isSame(one.value, other.value)
    )
      return [];
    return [
      {
        name: one.key,
        a: shown(one.value),
        b: shown(other.value),
        where: [`A ${one.from}`, `B ${other.from}`],
      },
    ];
  });
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/** A value as people read it; long ones by their length. */
function shown(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value))
    return value.length > 8 ? `${value.length} entries` : value.map(String).join(', ');
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value as string | number);
  return /^[0-9a-f]{64}$/.test(text) ? `${text.slice(0, 12)}…` : text;
}
