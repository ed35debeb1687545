import { cannot, counted, found, notFound, table, type RunCheck } from '../check.js';

/** A loss that is no number: everything that was learnt from then on is lost. */
export const nanLoss: RunCheck = {
  id: 'nan-loss',
  mistake: 'A loss is NaN or infinite.',
  effect:
    'Weights become NaN with the first step that follows; a metric that catches the error then says 0 or 0.5.',
  remedy:
    'Stop at the first loss that is not finite; look at that batch, clamp what goes into the logarithm, lower the rate.',
  judge({ logs }) {
    const losses = logs.flatMap(({ rows }) =>
      rows.flatMap((row) =>
        (['loss', 'validationLoss', 'testLoss'] as const).flatMap((name) =>
          row[name] === undefined ? [] : [{ row, name, value: row[name] }],
        ),
      ),
    );
    if (losses.length === 0)
      return cannot('no loss is logged', 'put the training log there, with epoch and loss');
    const bad = losses.filter(({ value }) => !Number.isFinite(value));
    if (bad.length === 0) return notFound(`all of ${counted(losses.length, 'loss', 'losses')} are numbers`);
    const [first] = bad;
    const epoch = first!.row.epoch === undefined ? '' : `, epoch ${first!.row.epoch}`;
    return found(
      `${first!.row.from}${epoch}: the ${words(first!.name)} is no number; ${bad.length} of ${losses.length} are not`,
      table(
        'Losses that are no numbers',
        ['where', 'epoch', 'step', 'which'],
        bad.map(({ row, name }) => [row.from, row.epoch ?? null, row.step ?? null, words(name)]),
      ),
    );
  },
};

function words(name: string): string {
  return name.replace('Loss', ' loss');
}
