import type { BackboneModel, CaseInput, InputShape } from '@concord/backbone';
import { workspaceRoot } from '@concord/baselines';
import { cade, compose, dsu, mixStyle, plain, quantileCade, sdir, type BagModule } from '@concord/modules';
import { drawTape, initBackend, Parameters } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { configureBackbone } from './configure.js';
import { discoverBackbones, loadBackbone } from './discover.js';

const PATCHES = 24;
const DRAWS = 5;

/**
 * Backbones with two bags at the plug-in point. True where a LayerNorm over each token comes right behind it,
 * without a residual around it and with nothing appended to the token before: it takes away mean and deviation.
 */
const ERASES: Readonly<Record<string, boolean>> = {
  cmta: false,
  mcat: false,
  'mcat-pathways': false,
  mlpwsi: true,
  mmp: false,
  motcat: false,
  pibd: false,
  porpoise: false,
  survpath: true,
  'survpath-nystrom': false,
};

const found = discoverBackbones(workspaceRoot());

async function open(name: string) {
  const one = found.find((candidate) => candidate.name === name)!;
  const declared = await loadBackbone(one);
  const { pathwaySizes, patchWidth = 12 } = declared.published ?? {};
  const pathways = Array.from({ length: pathwaySizes?.length ?? 3 }, (_, i) => [0, 1 + i, 2 + i]);
  const shape: InputShape = { pathways, patchWidth, bins: 4 };
  const configured = configureBackbone(one, declared, shape, { most: { batch: 2, accumulate: 1 } });
  return { model: configured.create(), initial: declared.initialWeights(configured.config, 5), shape };
}

function caseOf({ pathways, patchWidth }: InputShape): CaseInput {
  const genes = tf.sin<tf.Tensor1D>(tf.range(0, pathways.flat().length));
  const patches = tf.reshape(tf.cos(tf.range(0, PATCHES * patchWidth)), [PATCHES, patchWidth]);
  return { genes, patches: patches as tf.Tensor2D, clusters: new Int32Array(PATCHES) };
}

/** What a module does in training, for a pass in evaluation, so that the backbone itself drops nothing. */
function inTraining(module: BagModule, model: BackboneModel, draw: number): BagModule {
  const { strong = 0, weak = 0, width } = model.plugIn(PATCHES);
  const tape = drawTape(module.draws({ strong, weak, width }), 1, draw);
  return { ...module, apply: (bags, _tape, _mode, tap) => module.apply(bags, tape, 'training', tap) };
}

/** Largest change of a logit by a module against another one with the same draws, by name of the pair. */
async function changes(
  name: string,
  pairs: Readonly<Record<string, readonly [BagModule, BagModule]>>,
): Promise<Record<string, number>> {
  const { model, initial, shape } = await open(name);
  const parameters = Parameters.from(initial);
  const logits = (module: BagModule, draw: number) =>
    tf.tidy(() => {
      const drawn = model.evaluationDraws?.(PATCHES) ?? [];
      const tape = drawn.length > 0 ? { tape: drawTape(drawn, 1, 0) } : {};
      const options = { mode: 'evaluation', ...tape, module: inTraining(module, model, draw) } as const;
      return model.forward(caseOf(shape), parameters.tensors(), options).logits.dataSync();
    });
  const largest = ([one, other]: readonly [BagModule, BagModule]) => {
    const gaps = Array.from({ length: DRAWS }, (_, draw) => {
      const against = logits(other, draw);
      return [...logits(one, draw)].map((value, i) => Math.abs(value - against[i]!));
    });
    return Math.max(...gaps.flat());
  };
  const out = Object.entries(pairs).map(([key, pair]) => [key, largest(pair)] as const);
  for (const one of [parameters, model]) one.dispose();
  return Object.fromEntries(out);
}

const described = (pAug: number) => compose('described', [sdir(), cade({ pAug })]);

beforeAll(() => initBackend());

describe('behind the plug-in point', () => {
  it.each(Object.entries(ERASES))('%s takes away what CADE changes: %s', async (name, erases) => {
    const seen = await changes(name, {
      sdir: [sdir(), plain],
      wasserstein: [cade({ pAug: 1 }), plain],
      fisherRao: [cade({ pAug: 1, geometry: 'fisher-rao' }), plain],
      afterSdir: [described(1), described(0)],
      // Tokens of two widths have no common channels to sort.
      ...(name !== 'porpoise' && { quantile: [quantileCade({ pAug: 1 }), plain] as const }),
    });
    for (const key of ['wasserstein', 'fisherRao', 'afterSdir']) {
      const share = seen[key]! / seen['sdir']!;
      if (erases) expect(share, key).toBeLessThan(1e-3);
      else expect(share, key).toBeGreaterThan(0.05);
    }
    if ('quantile' in seen) expect(seen['quantile']! / seen['sdir']!).toBeGreaterThan(0.05);
  });

  it('of SurvPath, MixStyle is taken away, and DSU unless a deviation that it draws is negative', async () => {
    const seen = await changes('survpath', {
      sdir: [sdir(), plain],
      mixStyle: [mixStyle({ p: 1 }), plain],
      dsu: [dsu({ p: 1 }), plain],
      farDsu: [dsu({ p: 1, factor: 50 }), plain],
    });
    expect(seen['mixStyle']! / seen['sdir']!).toBeLessThan(1e-3);
    expect(seen['dsu']! / seen['sdir']!).toBeLessThan(1e-3);
    expect(seen['farDsu']! / seen['sdir']!).toBeGreaterThan(0.05);
  });

  it('every backbone with two bags is told of here', async () => {
    const two: string[] = [];
    for (const { name } of found) {
      const { model } = await open(name);
      const { strong, weak } = model.plugIn(PATCHES);
      if (strong !== undefined && weak !== undefined) two.push(name);
      model.dispose();
    }
    expect(two.sort()).toEqual(Object.keys(ERASES));
  });
});
