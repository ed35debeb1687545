import { readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { DataError } from '../dataError.js';
import type { Scaling } from '../genes/scaling.js';
import type { FeatureScaling } from '../histology/featureScaling.js';

const FORM = 'concord-fitted/1';

/**
 * Everything about a cohort that was learned from cases: edges of time bins, scaling of genes, fills and scaling of
 * histology features. Plain data, stored with the run, so that other cases, and cohorts of another cancer, are
 * mapped exactly as the training cases were.
 */
export interface Fitted {
  readonly form: typeof FORM;
  /** The cohort and how many of its cases these numbers come from. */
  readonly cohort: string;
  readonly cases: number;
  /** In months. */
  readonly edges: readonly number[];
  /** Absent where genes are taken as they are. `genes` are those of `scaling`, in its order. */
  readonly genes?: { readonly names: readonly string[]; readonly scaling: Scaling };
  readonly features?: FeatureScaling;
}

export function fittedOn(parts: Omit<Fitted, 'form'>): Fitted {
  return { form: FORM, ...parts };
}

/** Store it as JSON; the file appears whole or not at all. */
export async function writeFitted(path: string, fitted: Fitted): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(fitted)}\n`);
}

/** @throws DataError if there is no such file, or it is no file that `writeFitted` wrote. */
export async function readFitted(path: string): Promise<Fitted> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new DataError(path, error.code === 'ENOENT' ? 'no such file' : error.message);
  });
  let value: Fitted | undefined;
  try {
    value = JSON.parse(text) as Fitted;
  } catch {
    // Refused below, as any other file.
  }
  if (value?.form === FORM && Array.isArray(value.edges) && value.edges.every(Number.isFinite)) return value;
  throw new DataError(path, `is no ${FORM} file; concord data describe --fitted writes one`);
}

/** The scaling, if it is of exactly these genes. @throws DataError naming the first gene that differs. */
export function scalingOf(
  { genes, cohort }: Fitted,
  names: readonly string[],
  where: string,
): Scaling | undefined {
  if (!genes) return undefined;
  const { scaling, names: known } = genes;
  // One shift and one scale for the whole matrix suit any genes.
  if (scaling.shift.length === 1) return scaling;
  const at = Array.from({ length: Math.max(known.length, names.length) }, (_, i) => i).find(
    (i) => known[i] !== names[i],
  );
  if (at === undefined) return scaling;
  throw new DataError(
    where,
    `gene ${at + 1} is ${names[at] ?? 'missing'}, the scaling fitted on ${cohort} has ${known[at] ?? 'none'} there; assemble both with sharedGenes`,
  );
}
