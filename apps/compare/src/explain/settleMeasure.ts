import type { ComparedRun, Measure } from './comparedRun.js';
import { measureC, measureInWords, USUAL } from './measureC.js';

/** How a run's C-index is made, and what it comes to. */
export interface SettledMeasure {
  readonly measure: Measure;
  /** `stated` by its files; `found` because it gives the reported figure; `usual` where nothing tells. */
  readonly basis: Readonly<Record<keyof Measure, 'stated' | 'found' | 'usual'>>;
  /** C of its risks by that measure; undefined where no pair of cases is comparable. */
  readonly cindex: number | undefined;
  /** A reported figure that the risks do not give, and what else gives it. */
  readonly gap?: {
    readonly reported: number;
    readonly where: string;
    /** The epoch of the log that has it, and whether that is the best or the last one. */
    readonly epoch?: { readonly which: 'best' | 'last'; readonly number: number; readonly where: string };
  };
}

/**
 * Settle how a run's C-index is made. What its files leave open is tried: the measure nearest to the usual one that
 * gives the figure that the run reports. Where none does, a figure of the training log may.
 */
export function settleMeasure({ rows, stated, reported, logged }: ComparedRun): SettledMeasure {
  const folds = new Set(rows.map(({ fold }) => fold)).size > 1;
  const usual: Measure = { ...USUAL, ...(folds && { folds: 'mean' }), ...stated };
  const basis = (measure: Measure): SettledMeasure['basis'] => {
    const of = (key: keyof Measure) =>
      stated[key] !== undefined ? 'stated' : measure[key] !== usual[key] ? 'found' : 'usual';
    return { metric: of('metric'), ties: of('ties'), folds: of('folds') };
  };
  const cindex = measureC(rows, usual);
  const settled = { measure: usual, basis: basis(usual), cindex };
  if (!reported) return settled;
  const fits = (c: number | undefined) => c !== undefined && Math.abs(c - reported.value) <= reported.within;
  if (fits(cindex)) return settled;
  const found = others(stated, usual, folds).find((measure) => fits(measureC(rows, measure)));
  if (found) return { measure: found, basis: basis(found), cindex: measureC(rows, found) };
  const epoch = logged && (['best', 'last'] as const).find((which) => fits(logged[which].c));
  return {
    ...settled,
    gap: {
      ...{ reported: reported.value, where: reported.where },
      ...(epoch && { epoch: { which: epoch, number: logged[epoch].epoch, where: logged.where } }),
    },
  };
}

/** The measures that the files leave open, those first that differ least from the usual one. */
function others(stated: Partial<Measure>, usual: Measure, folds: boolean): Measure[] {
  const open = <K extends keyof Measure>(key: K, values: readonly Measure[K][]): readonly Measure[K][] =>
    stated[key] === undefined ? values : [stated[key]];
  return open('folds', folds ? ['pooled', 'mean'] : ['pooled'])
    .flatMap((weighting) =>
      open('metric', ['harrell', 'uno']).flatMap((metric) =>
        open('ties', ['scikit-survival', 'lifelines']).map((ties) => ({ metric, ties, folds: weighting })),
      ),
    )
    .sort((x, y) => distance(x, usual) - distance(y, usual));
}

function distance(measure: Measure, usual: Measure): number {
  return (Object.keys(usual) as (keyof Measure)[]).filter((key) => measure[key] !== usual[key]).length;
}

const NAMES: Readonly<Record<keyof Measure, string>> = { metric: 'metric', ties: 'tie rule', folds: 'folds' };

/** A measure in words, with what it rests on. */
export function settledInWords({ measure, basis }: SettledMeasure): string {
  const by = (how: 'found' | 'usual') =>
    (Object.keys(basis) as (keyof Measure)[])
      .filter((key) => basis[key] === how && (key !== 'ties' || measure.metric === 'harrell'))
      .map((key) => NAMES[key])
      .join(', ');
  const why = [
    ...(by('found') === '' ? [] : [`${by('found')}: what gives the reported figure`]),
    ...(by('usual') === '' ? [] : [`${by('usual')}: as usual, its files do not say`]),
  ];
  return `${measureInWords(measure)}${why.length > 0 ? ` (${why.join('; ')})` : ''}`;
}
