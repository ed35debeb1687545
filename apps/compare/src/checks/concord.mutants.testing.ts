import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fitTimeBins, timeBin } from '@concord/data';
import { listCheckpoints } from '@concord/training';
import { editColumn, editJson, editRows, type Row } from './editRun.testing.js';
import type { Mutant } from './outsider.mutants.testing.js';

const isOf = (role: string) => (row: Row) => row['role'] === role;
const followUp = (row: Row) => ({ timeMonths: Number(row['months']), event: row['event'] === '1' });

interface Config {
  readonly cohorts: { patchWidth: number }[];
  readonly training: { stop?: object; readonly changes: { batch?: number } };
  readonly protocol: { loss: object; batch: number };
}

interface Result {
  readonly targets: { interval?: unknown }[];
}

/** The 17 mistakes in a folder of `concord train`, with the tables beside it that some of them need. */
export const CONCORD_MUTANTS: readonly Mutant[] = [
  {
    id: 'several-slides',
    name: 'a row a slide',
    make: (folder) => editRows(folder, 'risks.csv', (rows) => [...rows, { ...rows.at(-1)!, risk: '-1.5' }]),
  },
  {
    id: 'encoder-width',
    name: 'a target of another width',
    make: (folder) =>
      editJson<Config>(folder, 'config.json', (config) => (config.cohorts[1]!.patchWidth = 128)),
  },
  {
    id: 'skipped-bags',
    name: 'a target case that was not judged',
    make: (folder) => editRows(folder, 'risks.csv', (rows) => rows.slice(0, -1)),
  },
  {
    id: 'skipped-bags',
    name: 'a case that is nowhere',
    make: (folder) => {
      for (const file of ['risks.csv', 'cases.csv']) {
        editRows(folder, file, (rows) =>
          rows.filter(({ cohort }, i) => cohort !== 'stad' || rows[i + 1] !== undefined),
        );
      }
    },
  },
  {
    id: 'constant-risk',
    name: 'one risk for all targets',
    make: (folder) =>
      editColumn(folder, 'risks.csv', 'risk', (risk, row) => (isOf('cross-domain')(row) ? -2 : risk)),
  },
  {
    id: 'times-of-others',
    name: 'times of the targets sorted',
    make: (folder) =>
      editRows(folder, 'risks.csv', (rows) => {
        const targets = rows.filter(isOf('cross-domain'));
        const months = targets.map((row) => row['months']!).sort((a, b) => Number(a) - Number(b));
        return [
          ...rows.filter(isOf('in-domain')),
          ...targets.map((row, i) => ({ ...row, months: months[i]! })),
        ];
      }),
  },
  {
    id: 'bins-see-validation',
    name: 'bins of all cases of the source',
    make: (folder) =>
      editRows(folder, 'cases.csv', (rows) => {
        const edges = fitTimeBins(rows.filter(({ cohort }) => cohort === 'blca').map(followUp), 4, 'test');
        return rows.map((row) =>
          row['cohort'] === 'blca'
            ? { ...row, bin: String(timeBin(Number(row['months']), edges, 'test')) }
            : row,
        );
      }),
  },
  {
    id: 'validation-is-training',
    name: 'held-out cases train',
    make: (folder) =>
      editRows(folder, 'cases.csv', (rows) => [
        ...rows,
        ...rows.filter(isOf('in-domain')).map((row) => ({ ...row, role: 'training' })),
      ]),
  },
  {
    id: 'selected-on-test',
    name: 'stopped by the held-out cases',
    make: (folder) =>
      editJson<Config>(
        folder,
        'config.json',
        (config) => (config.training.stop = { by: 'cindex', patience: 3 }),
      ),
  },
  {
    id: 'loss-of-one-case',
    name: 'a Cox loss of one case',
    make: (folder) => {
      editJson<Config>(folder, 'config.json', (config) => {
        config.protocol.loss = { name: 'cox', ties: 'breslow', dividedBy: 'events' };
        config.protocol.batch = config.training.changes.batch = 1;
      });
      editColumn(folder, 'steps.csv', 'loss', () => 0);
      editColumn(folder, 'metrics.csv', 'step', (_, row) => 48 * Number(row['epoch']));
    },
  },
  {
    id: 'nan-loss',
    name: 'the loss of an epoch',
    make: (folder) => editColumn(folder, 'metrics.csv', 'loss', (loss, _, i) => (i === 1 ? 'NaN' : loss)),
  },
  {
    id: 'month-length',
    name: 'targets by another month',
    make: (folder) => {
      for (const file of ['risks.csv', 'cases.csv']) {
        editColumn(folder, file, 'months', (months, { cohort }) =>
          cohort === 'stad' ? (Number(months) * 30) / 30.44 : months,
        );
      }
    },
  },
  {
    id: 'pathway-coverage',
    name: 'genes that the table does not have',
    make: (folder) =>
      editRows(folder, 'pathways.csv', (rows) =>
        rows.map((row, i) => ({ ...row, STRANGE: `NOT_MEASURED_${i}` })),
      ),
  },
  {
    id: 'paired-by-position',
    name: 'genes of the same row',
    make: (folder) =>
      editRows(folder, 'reference/genes.csv', (right) => {
        editRows(folder, 'genes.csv', (rows) => rows.map((row, i) => ({ ...right[i]!, case: row['case']! })));
        return right;
      }),
  },
  {
    id: 'seed-unset',
    name: 'no seed',
    make: (folder) => {
      for (const file of ['config.json', 'result.json'])
        editJson<{ seed?: number }>(folder, file, (value) => delete value.seed);
    },
  },
  {
    id: 'last-batch-dropped',
    name: 'six whole batches of 48 cases',
    make: (folder) => editColumn(folder, 'metrics.csv', 'step', (_, row) => 6 * Number(row['epoch'])),
  },
  {
    id: 'no-interval',
    name: 'a C-index alone',
    make: (folder) =>
      editJson<Result>(folder, 'result.json', (result) => {
        for (const target of result.targets) delete target.interval;
      }),
  },
  {
    id: 'checkpoint-unreadable',
    name: 'a file that was cut off',
    make: (folder) => truncateSync(listCheckpoints(join(folder, 'checkpoints'))[0]!, 20_000),
  },
];
