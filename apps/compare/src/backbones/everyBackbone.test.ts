import {
  batchLoss,
  parameterCount,
  trainingObjective,
  type InputShape,
  type LabelledPass,
} from '@concord/backbone';
import { workspaceRoot } from '@concord/baselines';
import { drawTape, initBackend, Parameters, type Tape } from '@concord/nn';
import { expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { configureBackbone } from './configure.js';
import { discoverBackbones, loadBackbone } from './discover.js';

const PATCHES = 24;
const ONE_STEP = { batch: 2, accumulate: 1 };

/** Parameters of the published classes at settings that the small cohort cannot have, from the fact sheet. */
const PUBLISHED = {
  'survpath-nystrom': [24_850_500, { genes: 9745, pathways: 331, patchWidth: 768 }],
  transmil: [2_673_172, { genes: 6, pathways: 1, patchWidth: 1024 }],
} as const;

const found = discoverBackbones(workspaceRoot());

beforeAll(() => initBackend());

/** Three pathways that share a gene, or as many groups as the published class reads. */
function smallShape(groups: number | undefined, patchWidth = 12): InputShape {
  const pathways = Array.from({ length: groups ?? 3 }, (_, i) => [0, 1 + i, 2 + i].slice(0, 2 + (i % 2)));
  return { pathways, patchWidth, bins: 4 };
}

async function open(name: string) {
  const one = found.find((candidate) => candidate.name === name)!;
  const declared = await loadBackbone(one);
  const { pathwaySizes, patchWidth } = declared.published ?? {};
  const shape = smallShape(pathwaySizes?.length, patchWidth);
  const configured = configureBackbone(one, declared, shape, { most: ONE_STEP });
  const initial = declared.initialWeights(configured.config, 5);
  return { declared, configured, shape, initial };
}

/** Two cases, whose outcomes can be compared. */
function passes({ pathways, patchWidth }: InputShape, clusters: number, tapes: readonly Tape[]) {
  return [0, 1].map((i): LabelledPass => {
    const genes = tf.sin<tf.Tensor1D>(tf.range(i, i + pathways.flat().length));
    const patches = tf.reshape(tf.cos(tf.range(i, i + PATCHES * patchWidth)), [PATCHES, patchWidth]);
    return {
      input: {
        ...{ genes, patches: patches as tf.Tensor2D },
        clusters: Int32Array.from({ length: PATCHES }, (_, k) => k % clusters),
        label: { bin: 1 + i, censored: i === 0 ? 0 : 1, months: 10 + i },
      },
      ...(tapes[i] && { tape: tapes[i] }),
    };
  });
}

describe.each(found.map(({ name }) => name))('%s', (name) => {
  it('starts with the weights that its configuration says, all finite', async () => {
    const { declared, configured, initial } = await open(name);
    const shapes = Object.fromEntries(Object.entries(initial).map(([key, { shape }]) => [key, [...shape]]));
    expect(shapes).toEqual(declared.weightShapes(configured.config));
    for (const [key, { data }] of Object.entries(initial))
      expect(data.every(Number.isFinite), key).toBe(true);
    for (const key of [
      ...(declared.frozen ?? []),
      ...Object.keys(declared.ragged?.(configured.config) ?? {}),
    ]) {
      expect(Object.keys(initial)).toContain(key);
    }
  });

  it('gives a gradient to every weight that is trained, and leaves no tensor', async () => {
    const { declared, configured, shape, initial } = await open(name);
    expectNoLeak(() => {
      const model = configured.create();
      const parameters = Parameters.from(initial);
      const tapes = [0, 1].map((step) => drawTape(model.draws(PATCHES), 1, step));
      tf.tidy(() => {
        const weights = parameters.tensors();
        const names = parameters.names.filter((key) => !declared.frozen?.includes(key));
        const given = passes(shape, declared.reads.clusters ?? 1, tapes).slice(0, configured.protocol.batch);
        const loss = () => trainingObjective(model, given, weights, configured.protocol, {});
        const values = names.map((key) => weights[key]!);
        const { value, grads } = tf.engine().gradients(loss, values, undefined, true);
        expect(Number.isFinite(value.dataSync()[0])).toBe(true);
        names.forEach((key, i) => {
          expect(grads[i]?.shape, key).toEqual(values[i]!.shape);
          expect(grads[i]!.dataSync().every(Number.isFinite), key).toBe(true);
        });
      });
      for (const one of [...tapes, parameters, model]) one.dispose();
    });
  });

  it('evaluates the same every time', async () => {
    const { declared, configured, shape, initial } = await open(name);
    const model = configured.create();
    const parameters = Parameters.from(initial);
    const draws = model.evaluationDraws?.(PATCHES) ?? [];
    const evaluate = () => {
      const tapes = draws.length > 0 ? [drawTape(draws, 1, 0)] : [];
      const seen = tf.tidy(() => {
        const [first] = passes(shape, declared.reads.clusters ?? 1, tapes);
        const options = { mode: 'evaluation' } as const;
        const { loss } = configured.protocol;
        return [...batchLoss(model, [first!], parameters.tensors(), loss, options).dataSync()];
      });
      for (const tape of tapes) tape.dispose();
      return seen;
    };
    const first = expectNoLeak(evaluate);
    expect(expectNoLeak(evaluate)).toEqual(first);
    expect(first.every(Number.isFinite)).toBe(true);
    for (const one of [parameters, model]) one.dispose();
  });

  it('says which weight is missing', async () => {
    const { declared, configured, shape } = await open(name);
    const model = configured.create();
    const draws = model.evaluationDraws?.(PATCHES) ?? [];
    const tapes = draws.length > 0 ? [drawTape(draws, 1, 0)] : [];
    expect(() =>
      tf.tidy(() => {
        const [first] = passes(shape, declared.reads.clusters ?? 1, tapes);
        batchLoss(model, [first!], {}, configured.protocol.loss, { mode: 'evaluation' });
      }),
    ).toThrow(/no weight named /);
    for (const one of [...tapes, model]) one.dispose();
  });
});

describe('parameters of the published class', () => {
  it.each(Object.entries(PUBLISHED))('%s', async (name, [count, { genes, pathways, patchWidth }]) => {
    const declared = await loadBackbone(found.find((one) => one.name === name)!);
    const sizes = Array.from({ length: pathways }, (_, i) => (i === 0 ? genes - pathways + 1 : 1));
    const shape = {
      pathways: sizes.map((size) => Array.from({ length: size }, (_, i) => i)),
      ...{ patchWidth, bins: 4 },
    };
    expect(parameterCount(declared.weightShapes(declared.configure(shape)))).toBe(count);
  });
});
