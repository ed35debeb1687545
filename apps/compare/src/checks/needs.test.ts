import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outsiderRun, writeOutsiderRun } from '../judgedRun/outsiderRun.testing.js';
import { CHECKS } from './checks.js';
import { runChecks } from './runChecks.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'concord-needs-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The check, the files without which it cannot be judged, and the words that name what would help. */
const NEEDS: readonly (readonly [id: string, without: readonly string[], help: RegExp])[] = [
  [
    'paired-by-position',
    ['reference/genes.csv', 'reference/outcomes.csv', 'outcomes.csv'],
    /into reference\//,
  ],
  [
    'times-of-others',
    ['reference/outcomes.csv', 'outcomes.csv'],
    /into reference\/, with case_id and OS_days$/,
  ],
  ['validation-is-training', ['splits_0.csv'], /columns train, val and test$/],
  ['selected-on-test', ['log.csv', 'config.json'], /put log.csv there.* and best_epoch into config.json$/],
  ['bins-see-validation', ['splits_0.csv'], /put outcomes.csv there.* and the split$/],
  ['bins-see-validation', ['outcomes.csv'], /put outcomes.csv there/],
  ['several-slides', ['slides.csv'], /put slides.csv there/],
  ['skipped-bags', ['risks.csv'], /put risks.csv there$/],
  ['skipped-bags', ['splits_0.csv'], /put the split there/],
  [
    'encoder-width',
    ['slides.csv', 'config.json', 'weights.safetensors'],
    /name encoder and embed_dim in config.json/,
  ],
  ['pathway-coverage', ['pathways.gmt'], /^no pathways are there; put genes.csv and pathways.gmt there$/],
  ['month-length', ['risks.csv', 'outcomes.csv'], /put outcomes.csv there, with survival_months$/],
  ['constant-risk', ['risks.csv'], /put risks.csv there$/],
  ['nan-loss', ['log.csv', 'steps.csv'], /put the training log there/],
  ['loss-of-one-case', ['config.json'], /put loss and batch_size into config.json$/],
  ['loss-of-one-case', ['outcomes.csv'], /put hazard_0, .* disc_label into outcomes.csv/],
  ['last-batch-dropped', ['steps.csv', 'config.json'], /put steps.csv there .* batch_size into config.json/],
  ['seed-unset', ['config.json'], /put config.json or config.yaml there$/],
  ['no-interval', ['result.json'], /put result.json there, with c_index and its interval$/],
  ['checkpoint-unreadable', ['weights.safetensors'], /put the weights there/],
];

describe('a check without its file', () => {
  it('is asked of each', () => {
    expect(new Set(NEEDS.map(([id]) => id))).toEqual(new Set(CHECKS.map(({ id }) => id)));
  });

  it.each(NEEDS)('%s without %j says which would help', async (id, without, help) => {
    writeOutsiderRun(folder, outsiderRun());
    for (const file of without) rmSync(join(folder, file));
    const { checks } = await runChecks(folder);
    const { verdict, why } = checks.find((one) => one.id === id)!;
    expect([verdict, why]).toEqual(['cannot be judged', expect.stringMatching(help)]);
    expect(checks.filter((one) => one.verdict === 'found')).toEqual([]);
  });
});
