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

/** One row an epoch that is over: steps up to its end, mean loss of its steps, validation where there is any. */
export function metricsCsv({ losses, epochs }: History, stepsOfEpoch: number): string {
  const count = Math.floor(losses.length / stepsOfEpoch);
  const head = epochs.length > 0 ? 'epoch,step,loss,validationLoss,validationCindex' : 'epoch,step,loss';
  const rows = Array.from({ length: count }, (_, epoch) => {
    const own = losses.slice(epoch * stepsOfEpoch, (epoch + 1) * stepsOfEpoch);
    const mean = own.reduce((sum, loss) => sum + loss, 0) / own.length;
    const row = `${epoch + 1},${(epoch + 1) * stepsOfEpoch},${mean}`;
    const record = epochs.find((one) => one.epoch === epoch);
    return epochs.length > 0
      ? `${row},${record?.validationLoss ?? ''},${finite(record?.validationCindex)}`
      : row;
  });
  return [head, ...rows, ''].join('\n');
}

/** One row a step. */
export function stepsCsv({ losses }: History): string {
  return ['step,loss', ...losses.map((loss, i) => `${i + 1},${loss}`), ''].join('\n');
}

function finite(value: number | undefined): string {
  return value !== undefined && Number.isFinite(value) ? String(value) : '';
}
