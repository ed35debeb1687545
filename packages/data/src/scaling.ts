/** A linear map fitted on training cases. */
export interface Scaling {
  readonly minimum: number;
  readonly maximum: number;
  apply(values: Float64Array): Float64Array;
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
  for (const row of rows) {
    for (const value of row) {
      minimum = Math.min(minimum, value);
      maximum = Math.max(maximum, value);
    }
  }
  const range = maximum - minimum || 1;
  return { minimum, maximum, apply: (values) => values.map((value) => (2 * (value - minimum)) / range - 1) };
}
