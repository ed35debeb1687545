import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fitTimeBins, timeBin } from '@concord/data';
import { editColumn, editJson, editRows, type Row } from './editRun.testing.js';

/** A small change of a sound run that makes one mistake. */
export interface Mutant {
  readonly id: string;
  readonly name: string;
  readonly make: (folder: string) => void;
  /** Other checks that rightly see it, too. */
  readonly also?: readonly string[];
}

const followUp = (row: Row) => ({
  timeMonths: Number(row['survival_months']),
  event: row['censorship'] === '0',
});

/** The 17 mistakes, and some of them twice, in an outsider's folder. */
export const OUTSIDER_MUTANTS: readonly Mutant[] = [
  {
    id: 'several-slides',
    name: 'a row a slide',
    make: (folder) => editRows(folder, 'risks.csv', (rows) => [...rows, { ...rows[0]!, risk_score: '0.1' }]),
  },
  {
    id: 'several-slides',
    name: 'two slides of a case',
    make: (folder) =>
      editRows(folder, 'slides.csv', (rows) => [
        ...rows,
        { ...rows[3]!, slide_id: `${rows[3]!['case_id']}-01Z-00-DX2` },
      ]),
  },
  {
    id: 'encoder-width',
    name: 'features of another encoder',
    make: (folder) =>
      editColumn(folder, 'slides.csv', 'feature_dim', (width, _, i) => (i === 4 ? 1536 : width)),
  },
  {
    id: 'encoder-width',
    name: 'another name',
    make: (folder) => editJson(folder, 'config.json', (config) => (config['encoder'] = 'UNI2-h')),
  },
  {
    id: 'skipped-bags',
    name: 'a case without a risk',
    make: (folder) => editRows(folder, 'risks.csv', (rows) => rows.filter((_, i) => i !== 5)),
  },
  {
    id: 'skipped-bags',
    name: 'a risk that is NaN',
    make: (folder) => editColumn(folder, 'risks.csv', 'risk_score', (risk, _, i) => (i === 5 ? 'nan' : risk)),
  },
  {
    id: 'constant-risk',
    name: 'one risk for all',
    make: (folder) => editColumn(folder, 'risks.csv', 'risk_score', () => -2.5),
  },
  {
    id: 'times-of-others',
    name: 'times sorted, ids not',
    make: (folder) => {
      editRows(folder, 'risks.csv', (rows) => {
        const times = rows.map((row) => row['survival_months']!).sort((a, b) => Number(a) - Number(b));
        return rows.map((row, i) => ({ ...row, survival_months: times[i]! }));
      });
    },
  },
  {
    id: 'times-of-others',
    name: 'times of two cases swapped',
    make: (folder) =>
      editColumn(folder, 'risks.csv', 'survival_months', (months, _, i, rows) =>
        i < 2 ? rows[1 - i]!['survival_months']! : months,
      ),
  },
  {
    id: 'bins-see-validation',
    name: 'edges of all cases',
    make: (folder) =>
      editRows(folder, 'outcomes.csv', (rows) => {
        const edges = fitTimeBins(rows.map(followUp), 4, 'test');
        editJson(folder, 'config.json', (config) => (config['bin_edges'] = edges));
        return rows;
      }),
  },
  {
    id: 'bins-see-validation',
    name: 'labels of all cases, no edges',
    make: (folder) =>
      editRows(folder, 'outcomes.csv', (rows) => {
        const edges = fitTimeBins(rows.map(followUp), 4, 'test');
        editJson(folder, 'config.json', (config) => delete config['bin_edges']);
        return rows.map((row) => ({
          ...row,
          disc_label: String(timeBin(Number(row['survival_months']), edges, 'test')),
        }));
      }),
  },
  {
    id: 'validation-is-training',
    name: 'validation is training',
    make: (folder) => editColumn(folder, 'splits_0.csv', 'val', (_, row) => row['train']!),
  },
  {
    id: 'validation-is-training',
    name: 'one test case trains',
    make: (folder) =>
      editColumn(folder, 'splits_0.csv', 'train', (id, _, i, rows) => (i === 0 ? rows[0]!['test']! : id)),
  },
  {
    id: 'selected-on-test',
    name: 'the epoch that is best on the test cases',
    make: (folder) => {
      editJson(folder, 'config.json', (config) => delete config['best_epoch']);
      editColumn(folder, 'log.csv', 'test_cindex', (c, row) => (row['epoch'] === '2' ? 0 : c));
      editColumn(folder, 'log.csv', 'val_cindex', (c, row) => (row['epoch'] === '2' ? 0.9 : c));
      editColumn(folder, 'log.csv', 'val_loss', (loss, row) => (row['epoch'] === '2' ? 0.5 : loss));
    },
  },
  {
    id: 'selected-on-test',
    name: 'no test cases: those that chose are reported',
    make: (folder) =>
      editRows(folder, 'splits_0.csv', (rows) =>
        rows.map(({ train, test }) => ({ train: train!, val: test! })),
      ),
  },
  {
    id: 'loss-of-one-case',
    name: 'hazards spread over all outcomes',
    make: (folder) => {
      editColumn(folder, 'log.csv', 'test_loss', (loss, row) =>
        row['epoch'] === '4' ? spreadLoss(folder) : loss,
      );
    },
  },
  {
    id: 'loss-of-one-case',
    name: 'a Cox loss of one case',
    make: (folder) => {
      editJson(folder, 'config.json', (config) =>
        Object.assign(config, { bag_loss: 'cox_surv', batch_size: 1 }),
      );
      editRows(folder, 'steps.csv', (rows) => {
        const epochs = [...new Set(rows.map((row) => row['epoch']!))];
        return epochs.flatMap((epoch) =>
          Array.from({ length: 90 }, (_, i) => ({ epoch, step: String(i), loss: '0' })),
        );
      });
    },
  },
  {
    id: 'nan-loss',
    name: 'a NaN among the steps',
    make: (folder) => editColumn(folder, 'steps.csv', 'loss', (loss, _, i) => (i === 30 ? 'nan' : loss)),
  },
  {
    id: 'month-length',
    name: 'risks by another month',
    make: (folder) =>
      editColumn(folder, 'risks.csv', 'survival_months', (months) => (Number(months) * 30) / 30.44),
  },
  {
    id: 'month-length',
    name: 'another month than is said',
    make: (folder) => editJson(folder, 'config.json', (config) => (config['days_per_month'] = 30.44)),
  },
  {
    id: 'pathway-coverage',
    name: 'most genes of a pathway are not measured',
    make: (folder) => {
      for (const file of ['genes.csv', 'reference/genes.csv']) {
        editRows(folder, file, (rows) =>
          rows.map((row) =>
            Object.fromEntries(Object.entries(row).filter(([name]) => !/^GENE(1|2|3|4|5|6|7)$/.test(name))),
          ),
        );
      }
    },
  },
  {
    id: 'paired-by-position',
    name: 'genes of the same row',
    make: (folder) =>
      editRows(folder, 'reference/genes.csv', (right) => {
        editRows(folder, 'genes.csv', (rows) =>
          rows.map((row, i) => ({ ...right[i]!, case_id: row['case_id']! })),
        );
        return right;
      }),
  },
  {
    id: 'paired-by-position',
    name: 'outcomes of the same row',
    make: (folder) =>
      editRows(folder, 'reference/outcomes.csv', (right) => {
        editRows(folder, 'risks.csv', (rows) =>
          rows.map((row, i) => ({
            ...row,
            survival_months: String(Number(right[i]!['os_days']) / 30),
            censorship: String(1 - Number(right[i]!['os_status'])),
          })),
        );
        return right;
      }),
    also: ['times-of-others'],
  },
  {
    id: 'seed-unset',
    name: 'no seed',
    make: (folder) => editJson(folder, 'config.json', (config) => delete config['seed']),
  },
  {
    id: 'last-batch-dropped',
    name: 'whole batches only',
    make: (folder) =>
      editRows(folder, 'steps.csv', (rows) =>
        rows.filter(({ epoch }, i) => rows[i + 1]?.['epoch'] === epoch),
      ),
  },
  {
    id: 'last-batch-dropped',
    name: 'drop_last, and no steps',
    make: (folder) => {
      editJson(folder, 'config.json', (config) => (config['drop_last'] = true));
      editRows(folder, 'steps.csv', (rows) => rows.map(({ step, loss }) => ({ step: step!, loss: loss! })));
    },
  },
  {
    id: 'no-interval',
    name: 'a C-index alone',
    make: (folder) => editJson(folder, 'result.json', (result) => delete result['ci_95']),
  },
  {
    id: 'checkpoint-unreadable',
    name: 'a file that was cut off',
    make: (folder) => truncateSync(join(folder, 'weights.safetensors'), 4096),
  },
];

/** As an implementation that mixes [cases, 1] and [cases] computes it: a matrix of factors times a row of flags. */
export function spreadLoss(folder: string): number {
  let [bins, rows]: [Map<string, number>, Row[]] = [new Map(), []];
  editRows(folder, 'outcomes.csv', (all) => {
    bins = new Map(all.map((row) => [row['case_id']!, Number(row['disc_label'])]));
    return all;
  });
  editRows(folder, 'risks.csv', (all) => (rows = all));
  const factors = rows.map((row) => {
    const bin = bins.get(row['case_id']!)!;
    const hazards = [0, 1, 2, 3].map((i) => Number(row[`hazard_${i}`]));
    const before = hazards.slice(0, bin).reduce((product, hazard) => product * (1 - hazard), 1);
    return { event: before * hazards[bin]!, alive: before * (1 - hazards[bin]!) };
  });
  const flags = rows.map((row) => Number(row['censorship']));
  let sum = 0;
  for (const { event, alive } of factors) {
    for (const censored of flags) sum -= censored * Math.log(alive) + (1 - censored) * Math.log(event);
  }
  return sum / (factors.length * flags.length);
}
