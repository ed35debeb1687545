import { statSync } from 'node:fs';
import type { BagFile, BagFormat } from './bagFile.js';
import { BagError } from './bagError.js';
import type { BagPath } from './findBags.js';
import type { FloatType } from './floatType.js';
import { openBag } from './openBag.js';
import { sameNumbers, scanBag, type BagScan } from './scanBag.js';
import { differenceOf, type BagKind } from './sameKind.js';

/** One file of features, looked at. */
export interface BagReport extends BagPath {
  readonly bytes: number;
  readonly format?: BagFormat;
  readonly rows?: number;
  readonly width?: number;
  readonly dtype?: FloatType;
  readonly encoder?: string;
  readonly attributes: BagFile['attributes'];
  readonly scan?: BagScan;
  /** How often a patch stands where another does; undefined without coordinates. */
  readonly repeatedCoords?: number;
}

/** Something to mend before training, or to know. */
export interface BagFinding {
  /** Short and stable: `not-finite`, `shorter-than-twin`, … */
  readonly kind: string;
  /** A problem makes the command fail, a warning does not. */
  readonly severity: 'problem' | 'warning';
  readonly slide: string;
  /** The file, where there is one. */
  readonly path?: string;
  readonly text: string;
}

export interface InspectOptions {
  /** Slides that ought to be there; more than these are a warning. */
  readonly expected?: readonly string[];
  readonly signal?: AbortSignal;
  /** Told before each file. */
  readonly progress?: (done: number, total: number, slide: string) => void;
}

export interface Inspection {
  readonly bags: readonly BagReport[];
  readonly findings: readonly BagFinding[];
}

/**
 * Look at every number of a cohort's features for what breaks or falsifies a training: NaN and infinities, empty
 * and damaged files, files that are valid but shorter than their twin in another format (an extraction that was
 * killed), mixed widths and encoders, one slide under two names, slides that are missing.
 *
 * Files of one slide are twins if they are of different formats. Memory is bounded; a file that cannot be read is
 * a finding, not an error.
 */
export async function inspectBags(
  sources: readonly BagPath[],
  options: InspectOptions = {},
): Promise<Inspection> {
  const bags: BagReport[] = [];
  const findings: BagFinding[] = [];
  for (const [i, source] of sources.entries()) {
    options.signal?.throwIfAborted();
    options.progress?.(i, sources.length, source.slide);
    bags.push(await inspectOne(source, findings, options.signal));
  }
  findings.push(
    ...comparedWithTwins(bags),
    ...mixedKinds(bags),
    ...(await duplicates(bags, options.signal)),
    ...presence(bags, options.expected),
  );
  return { bags, findings };
}

async function inspectOne(source: BagPath, findings: BagFinding[], signal?: AbortSignal): Promise<BagReport> {
  const note = (kind: string, severity: BagFinding['severity'], text: string) =>
    findings.push({ kind, severity, ...source, text });
  const bytes = statSync(source.path, { throwIfNoEntry: false })?.size ?? 0;
  let bag: BagFile | undefined;
  let report: BagReport = { ...source, bytes, attributes: {} };
  try {
    bag = await openBag(source.path, { empty: 'keep' });
    const { format, rows, width, dtype, attributes, encoder } = bag;
    report = { ...report, format, rows, width, dtype, attributes, ...(encoder !== undefined && { encoder }) };
    if (rows === 0 || width === 0) {
      note(
        'empty',
        'problem',
        `has ${rows} patches of width ${width}: no tissue was found, or nothing was written`,
      );
      return report;
    }
    const scan = await scanBag(bag, signal);
    report = { ...report, scan };
    const { notFinite, first, zeroRows } = scan;
    if (first) {
      const where = `row ${first.row}, column ${first.column} (${first.value})`;
      note('not-finite', 'problem', `${notFinite} numbers are NaN or infinite, the first in ${where}`);
    }
    if (zeroRows > 0) note('zero-rows', 'warning', `${zeroRows} of ${rows} rows are zero throughout`);
    const repeatedCoords = bag.coords && countRepeated(bag.coords());
    if (repeatedCoords) {
      note('repeated-coords', 'warning', `${repeatedCoords} of ${rows} patches stand where another one does`);
    }
    return { ...report, ...(repeatedCoords !== undefined && { repeatedCoords }) };
  } catch (error) {
    if (!(error instanceof BagError)) throw error;
    note(error.problem, 'problem', error.message.slice(error.where.length + 2));
    return report;
  } finally {
    bag?.close();
  }
}

function countRepeated(coords: Float64Array): number {
  const seen = new Set<string>();
  for (let i = 0; i < coords.length; i += 2) seen.add(`${coords[i]},${coords[i + 1]}`);
  return coords.length / 2 - seen.size;
}

/** The files of each slide. */
function bySlide(bags: readonly BagReport[]): Map<string, BagReport[]> {
  const slides = new Map<string, BagReport[]>();
  for (const bag of bags) slides.set(bag.slide, [...(slides.get(bag.slide) ?? []), bag]);
  return slides;
}

function comparedWithTwins(bags: readonly BagReport[]): BagFinding[] {
  const findings: BagFinding[] = [];
  for (const [slide, files] of bySlide(bags)) {
    const longest = files.reduce((best, file) => ((file.rows ?? 0) > (best.rows ?? 0) ? file : best));
    for (const file of files) {
      if (file === longest || file.rows === undefined || file.width !== longest.width) continue;
      const note = (kind: string, severity: BagFinding['severity'], text: string) =>
        findings.push({ kind, severity, slide, path: file.path, text });
      if (file.rows < longest.rows!) {
        note(
          'shorter-than-twin',
          'problem',
          `has ${file.rows} rows, ${longest.path} has ${longest.rows}: its extraction was killed; extract it again`,
        );
      } else if (file.dtype === longest.dtype && file.scan?.fingerprint !== longest.scan?.fingerprint) {
        note(
          'differs-from-twin',
          'problem',
          `has other numbers than ${longest.path}; one of the two is of another run`,
        );
      } else if (file.format === longest.format) {
        note('twice', 'warning', `the slide is there twice, also as ${longest.path}`);
      }
    }
  }
  return findings;
}

/** Whatever is not like most of the cohort. */
function mixedKinds(bags: readonly BagReport[]): BagFinding[] {
  const readable = bags.filter((bag): bag is BagReport & BagKind => (bag.width ?? 0) > 0);
  const findings: BagFinding[] = [];
  const usualWidth = mostCommon(readable.map(({ width }) => width));
  const usualEncoder = mostCommon(readable.flatMap(({ encoder }) => encoder ?? []));
  const usual = readable.find(
    ({ width, encoder }) => width === usualWidth && (usualEncoder === undefined || encoder === usualEncoder),
  );
  for (const bag of readable) {
    const difference = usual && differenceOf(usual, bag);
    if (!difference) continue;
    const kind =
      bag.width !== usual.width
        ? 'mixed-width'
        : bag.encoder !== usual.encoder && bag.encoder !== undefined
          ? 'mixed-encoder'
          : 'mixed-patches';
    findings.push({
      kind,
      severity: 'problem',
      slide: bag.slide,
      path: bag.path,
      text: `is not like most of the cohort: ${difference}`,
    });
  }
  return findings;
}

function mostCommon<T>(values: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce<[T, number] | undefined>(
    (best, entry) => (best && best[1] >= entry[1] ? best : entry),
    undefined,
  )?.[0];
}

/** Different slides with the same numbers; the fingerprints only say where to look. */
async function duplicates(bags: readonly BagReport[], signal?: AbortSignal): Promise<BagFinding[]> {
  const findings: BagFinding[] = [];
  const groups = new Map<string, BagReport[]>();
  for (const bag of bags) {
    if (!bag.scan) continue;
    const key = `${bag.rows} ${bag.width} ${bag.dtype} ${bag.scan.fingerprint}`;
    groups.set(key, [...(groups.get(key) ?? []), bag]);
  }
  for (const [first, ...others] of groups.values()) {
    for (const other of others) {
      if (other.slide === first!.slide || !(await equalFiles(first!.path, other.path, signal))) continue;
      findings.push({
        kind: 'duplicate',
        severity: 'problem',
        slide: other.slide,
        path: other.path,
        text: `has the same numbers as ${first!.path}, which is another slide`,
      });
    }
  }
  return findings;
}

async function equalFiles(one: string, other: string, signal?: AbortSignal): Promise<boolean> {
  const bags = [await openBag(one), await openBag(other)] as const;
  try {
    return await sameNumbers(...bags, signal);
  } finally {
    bags.forEach((bag) => bag.close());
  }
}

function presence(bags: readonly BagReport[], expected: readonly string[] | undefined): BagFinding[] {
  if (!expected) return [];
  const there = new Set(bags.map(({ slide }) => slide));
  const wanted = new Set(expected);
  const missing = [...wanted].filter((slide) => !there.has(slide));
  const unlisted = [...there].filter((slide) => !wanted.has(slide));
  return [
    ...missing.map((slide): BagFinding => {
      return { kind: 'missing', severity: 'problem', slide, text: 'is listed and has no file of features' };
    }),
    ...unlisted.map((slide): BagFinding => {
      return { kind: 'unlisted', severity: 'warning', slide, text: 'has features and is not listed' };
    }),
  ];
}
