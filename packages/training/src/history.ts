/** What a training wrote down of an epoch on the validation cases. */
export interface EpochRecord {
  readonly epoch: number;
  /** Steps taken up to its end. */
  readonly steps: number;
  readonly validationLoss: number;
  /** NaN where no pair of validation cases is comparable. */
  readonly validationCindex: number;
}

/** Losses of all steps so far and records of the epochs. */
export interface History {
  /** Mean objective of the step's batches; [steps]. */
  readonly losses: readonly number[];
  readonly epochs: readonly EpochRecord[];
}

/** One row a step, with the validation of an epoch in the row of its last step. */
export function metricsCsv({ losses, epochs }: History, stepsOfEpoch: number): string {
  const validated = new Map(epochs.map((record) => [record.steps, record]));
  const head = epochs.length > 0 ? 'epoch,step,loss,validationLoss,validationCindex' : 'epoch,step,loss';
  const rows = losses.map((loss, i) => {
    const row = `${Math.floor(i / stepsOfEpoch) + 1},${i + 1},${loss}`;
    if (epochs.length === 0) return row;
    const record = validated.get(i + 1);
    return `${row},${record?.validationLoss ?? ''},${finite(record?.validationCindex)}`;
  });
  return [head, ...rows, ''].join('\n');
}

function finite(value: number | undefined): string {
  return value !== undefined && Number.isFinite(value) ? String(value) : '';
}
