/**
 * A map of expression fitted on training cases: `(value − shift) · scale`, for each gene or, with one number
 * each, for the whole matrix. Plain data, so that it is stored with the run that used it.
 */
export interface Scaling {
  readonly kind: 'global-min-max' | 'z-score';
  readonly shift: readonly number[];
  readonly scale: readonly number[];
  /** Cases that it was fitted on. */
  readonly fittedOn: number;
}

/**
 * Min–max to [−1, 1] with one minimum and one maximum for the whole matrix, as the published code fits it.
 * Cases outside the fit may leave the interval.
 *
 * @source mahmoodlab/SurvPath@3f73ddd, datasets/dataset_survival.py: one scaler on the flattened matrix.
 */
export function fitGlobalScaling(rows: Iterable<Float64Array>): Scaling {
  let minimum = Infinity;
  let maximum = -Infinity;
  let fittedOn = 0;
  for (const row of rows) {
    fittedOn += 1;
    for (const value of row) {
      minimum = Math.min(minimum, value);
      maximum = Math.max(maximum, value);
    }
  }
  const range = maximum - minimum || 1;
  return { kind: 'global-min-max', shift: [minimum + range / 2], scale: [2 / range], fittedOn };
}

/** Mean 0 and variance 1 for each gene (population variance); a gene that does not vary becomes 0. */
export function fitZScores(rows: Iterable<Float64Array>): Scaling {
  const all = [...rows];
  const genes = Array.from({ length: all[0]?.length ?? 0 }, (_, g) => standardise(all.map((row) => row[g]!)));
  return {
    kind: 'z-score',
    shift: genes.map(({ shift }) => shift),
    scale: genes.map(({ scale }) => scale),
    fittedOn: all.length,
  };
}

/** Shift and scale to mean 0 and variance 1; of values that are all the same, to 0. */
export function standardise(values: readonly number[]): { shift: number; scale: number } {
  const first = values[0] ?? 0;
  // Rounding of the mean would give equal values a tiny variance, and dividing by it a large number.
  if (values.every((value) => value === first)) return { shift: first, scale: 0 };
  const shift = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - shift) ** 2, 0) / values.length;
  return { shift, scale: variance > 0 ? 1 / Math.sqrt(variance) : 0 };
}

/** @param values [genes], borrowed. @throws RangeError if the scaling is of another number of genes. */
export function applyScaling({ shift, scale }: Scaling, values: Float64Array): Float64Array {
  if (shift.length === 1) return values.map((value) => (value - shift[0]!) * scale[0]!);
  if (shift.length !== values.length) {
    throw new RangeError(`a scaling of ${shift.length} genes cannot be applied to ${values.length}`);
  }
  return values.map((value, g) => (value - shift[g]!) * scale[g]!);
}
