import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fitTimeBins, timeBin } from '@concord/data';
import { uniformStream } from '@concord/nn';
import { concordance } from '@concord/survival';

/** A table as rows of named cells, so that a test can change one of them. */
export type Rows = Record<string, string | number>[];

/** What lies in an outsider's folder, before it is written. */
export interface OutsiderRun {
  /** CSV files by their name. */
  readonly tables: Record<string, Rows>;
  readonly config: Record<string, unknown>;
  readonly result: Record<string, unknown>;
  /** `weights.safetensors`. */
  checkpoint: Buffer;
  readonly pathways: Record<string, string[]>;
}

export interface OutsiderOptions {
  readonly seed?: number;
  readonly cases?: number;
  /** Days of a month. */
  readonly month?: number;
}

const GENES = Array.from({ length: 24 }, (_, i) => `GENE${i + 1}`);
export const EPOCHS = 6;
const CHOSEN = 4;
const BATCH = 7;

/**
 * A sound run as somebody who never saw this program might keep it: risks of the test cases, outcomes, a split, a
 * configuration, logs, weights, slides, genes and pathways. The same options make the same run.
 */
export function outsiderRun({ seed = 1, cases = 150, month = 30 }: OutsiderOptions = {}): OutsiderRun {
  const uniform = uniformStream(`outsider/${seed}`);
  const people = Array.from({ length: cases }, (_, i) => {
    const truth = uniform() * 2 - 1;
    const days = 1 + Math.floor(-900 * Math.log(1 - uniform()) * Math.exp(-truth));
    // Barcodes neither rise nor fall with the row.
    const caseId = `TCGA-AB-${String(1000 + ((i * 7919) % 8999))}`;
    return { caseId, truth, days, months: days / month, event: uniform() < 0.6, genes: GENES.map(uniform) };
  });
  const part = (i: number) => (i % 5 === 0 ? 'test' : i % 5 === 1 ? 'val' : 'train');
  const of = (wanted: string) => people.filter((_, i) => part(i) === wanted);
  const [train, val, test] = [of('train'), of('val'), of('test')];
  const followUp = (one: (typeof people)[number]) => ({ timeMonths: one.months, event: one.event });
  const edges = fitTimeBins(train.map(followUp), 4, 'test');
  const binOf = (months: number) =>
    timeBin(Math.min(Math.max(months, edges[0]!), edges[4]! - 1e-9), edges, 'test');
  const risks = test.map((one) => {
    const hazards = [0, 1, 2, 3].map(() => 1 / (1 + Math.exp(-one.truth - uniform() + 1)));
    let alive = 1;
    const risk = -hazards.reduce((sum, hazard) => sum + (alive *= 1 - hazard), 0);
    return { one, hazards, risk };
  });
  const c = concordance(
    { times: test.map(({ months }) => months), events: test.map(({ event }) => event) },
    risks.map(({ risk }) => risk),
  ).c;
  const loss = mean(risks.map(({ one, hazards }) => likelihood(hazards, binOf(one.months), one.event)));
  const stepsOfEpoch = Math.ceil(train.length / BATCH);
  const named = (genes: readonly number[]) => Object.fromEntries(GENES.map((name, i) => [name, genes[i]!]));
  return {
    tables: {
      'risks.csv': risks.map(({ one, hazards, risk }) => ({
        ...{ case_id: one.caseId, risk_score: risk, survival_months: one.months },
        censorship: one.event ? 0 : 1,
        ...Object.fromEntries(hazards.map((hazard, i) => [`hazard_${i}`, hazard])),
      })),
      'outcomes.csv': people.map(({ caseId, months, event }) => ({
        ...{ case_id: caseId, survival_months: months, censorship: event ? 0 : 1, disc_label: binOf(months) },
      })),
      'slides.csv': people.map(({ caseId }, i) => ({
        ...{ case_id: caseId, slide_id: `${caseId}-01Z-00-DX1`, num_patches: 900 + i, feature_dim: 1024 },
      })),
      'splits_0.csv': train.map(({ caseId }, i) => ({
        ...{ train: caseId, val: val[i]?.caseId ?? '', test: test[i]?.caseId ?? '' },
      })),
      'log.csv': Array.from({ length: EPOCHS }, (_, i) => ({
        ...{ epoch: i + 1, train_loss: 2 - i / 10, val_loss: 1.5 + Math.abs(i + 1 - CHOSEN) / 10 },
        val_cindex: 0.7 - Math.abs(i + 1 - CHOSEN) / 50,
        // The test cases would have chosen another epoch.
        test_cindex: i + 1 === CHOSEN ? c : i === 1 ? c + 0.02 : c - 0.01 - i / 1000,
        test_loss: i + 1 === CHOSEN ? loss : loss + 0.1,
      })),
      'steps.csv': Array.from({ length: EPOCHS * stepsOfEpoch }, (_, i) => ({
        ...{ epoch: 1 + Math.floor(i / stepsOfEpoch), step: i + 1, loss: 1 + uniform() },
      })),
      'genes.csv': people.map(({ caseId, genes }) => ({ case_id: caseId, ...named(genes) })),
      // The table that the genes come from is in another order.
      'reference/genes.csv': people
        .map(({ caseId, genes }) => ({ case_id: caseId, ...named(genes) }))
        .reverse(),
      'reference/outcomes.csv': people
        .map(({ caseId, days, event }) => ({ case_id: caseId, os_days: days, os_status: event ? 1 : 0 }))
        .reverse(),
    },
    config: {
      ...{ encoder: 'uni', embed_dim: 1024, slides_per_case: 1, n_classes: 4, bin_edges: edges },
      ...{ days_per_month: month, label: 'OS', max_epochs: EPOCHS, best_epoch: CHOSEN, batch_size: BATCH },
      ...{ selection: 'val_cindex', seed, drop_last: false, bag_loss: 'nll_surv', alpha_surv: 0 },
    },
    result: { cindex: c, ci_95: [c - 0.1, c + 0.1] },
    checkpoint: safetensors(),
    pathways: { FIRST: GENES.slice(0, 12), SECOND: [...GENES.slice(10), 'UNMEASURED'] },
  };
}

/** Write the folder. */
export function writeOutsiderRun(folder: string, run: OutsiderRun): void {
  const files: Record<string, string | Buffer> = {
    ...Object.fromEntries(Object.entries(run.tables).map(([name, rows]) => [name, csv(rows)])),
    'config.json': JSON.stringify(run.config),
    'result.json': JSON.stringify(run.result),
    'weights.safetensors': run.checkpoint,
    'pathways.gmt': Object.entries(run.pathways)
      .map(([name, genes]) => `${[name, 'made up', ...genes].join('\t')}\n`)
      .join(''),
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

function csv(rows: Rows): string {
  const names = Object.keys(rows[0]!);
  return [names.join(','), ...rows.map((row) => names.map((name) => row[name]).join(',')), ''].join('\n');
}

/** A file of one tensor, [1024, 2]. */
function safetensors(): Buffer {
  const numbers = Float32Array.from({ length: 2048 }, (_, i) => Math.sin(i));
  const header = JSON.stringify({
    'wsi_net.0.weight': { dtype: 'F32', shape: [2, 1024], data_offsets: [0, numbers.byteLength] },
  });
  const text = Buffer.from(header.padEnd(Math.ceil(header.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.from(numbers.buffer)]);
}

/** Negative log-likelihood of discrete time: the event in its bin, or still alive at its end. */
function likelihood(hazards: readonly number[], bin: number, event: boolean): number {
  const alive = hazards.slice(0, bin).reduce((product, hazard) => product * (1 - hazard), 1);
  return -Math.log(alive * (event ? hazards[bin]! : 1 - hazards[bin]!));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
