import type { TextTable } from '@concord/data';
import { plainKey } from './facts.js';
import { foldOfName } from './foldOfName.js';
import type { LogRow, TrainingLog } from './judgedRun.js';

type Column = Exclude<keyof LogRow, 'from'>;

const COLUMNS: Readonly<Record<Column, RegExp>> = {
  epoch: /^epochs?$/,
  step: /^(global)?(steps?|iter|iteration|iterations|batchidx)$/,
  loss: /^(train(ing)?)?(surv|survival|total|mean)?loss$|^loss(train(ing)?)?$/,
  validationLoss: /^(val|valid|validation)(surv)?loss$|^loss(val|valid|validation)$/,
  validationCindex:
    /^(val|valid|validation)(harrell)?(c|ci|cindex|concordance)$|^cindex(val|valid|validation)$/,
  testLoss: /^test(surv)?loss$|^losstest$/,
  testCindex: /^test(harrell)?(c|ci|cindex|concordance)$|^cindextest$/,
};

/** The columns of a log, by what they mean; empty where the table is none. */
export function logColumns(names: readonly string[]): Partial<Record<Column, string>> {
  const found = (Object.entries(COLUMNS) as [Column, RegExp][]).flatMap(([column, wanted]) => {
    const name = names.find((one) => wanted.test(plainKey(one)));
    return name === undefined ? [] : [[column, name] as const];
  });
  const columns: Partial<Record<Column, string>> = Object.fromEntries(found);
  return columns.epoch === undefined && columns.step === undefined ? {} : columns;
}

/** Read a training log. An empty cell says nothing; one that is no number becomes NaN. */
export function readLog(table: TextTable, file: string): TrainingLog {
  const columns = Object.entries(logColumns(table.names)) as [Column, string][];
  const cells = columns.map(([column, name]) => [column, table.column(name)] as const);
  const rows = Array.from({ length: table.rows }, (_, i): LogRow => ({
    ...Object.fromEntries(
      cells.flatMap(([column, of]) => (of[i]!.trim() === '' ? [] : [[column, Number(of[i])] as const])),
    ),
    from: table.where(i).replace(table.path, file),
  }));
  const epochs = rows.map(({ epoch }) => epoch);
  const perEpoch = epochs[0] !== undefined && new Set(epochs).size === epochs.length;
  const fold = foldOfName(file);
  return { file, by: perEpoch ? 'epoch' : 'step', ...(fold !== undefined && { fold }), rows };
}
