import { readFileSync } from 'node:fs';
import { parameterCount } from '@concord/backbone';
import { moduleVariants } from '@concord/modules';
import { drawTape, initBackend, openForwardPass } from '@concord/nn';
import { expectClose, expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { fullAttention } from './attention.js';
import { backbone } from './backbone.js';
import { weightShapes, type HistologySoftmax, type MmpConfig } from './config.js';
import { HALLMARK_SIZES } from './hallmarks.js';
import { feedForwards } from './feedForwards.js';
import { mmp } from './mmp.js';
import { panther } from './panther.js';

interface Numbers {
  readonly shape: number[];
  readonly data: number[];
}

interface Reference {
  readonly torch: string;
  readonly panther: {
    readonly tau: number;
    readonly inputs: Record<'patches' | 'mean' | 'variance', Numbers>;
    readonly posterior: Numbers;
    readonly tokens: Numbers;
  };
  readonly attention: {
    readonly name: HistologySoftmax;
    readonly inputs: { readonly qkv: Numbers };
    readonly upstream: Numbers;
    readonly output: Numbers;
    readonly gradients: { readonly qkv: Numbers };
  }[];
}

const reference = JSON.parse(
  readFileSync(new URL('../reference/mmp.json', import.meta.url), 'utf8'),
) as Reference;

const CONFIG: MmpConfig = {
  ...{ pathwaySizes: [3, 1, 4], patchWidth: 6, width: 8, prototypes: 2, embedding: 4, outputs: 1 },
  ...{ softmax: 'double', tau: 0.001, variance: 0.1 },
};

beforeAll(async () => {
  await initBackend();
});

const tensorOf = ({ data, shape }: Numbers): tf.Tensor => tf.tensor(data, shape);

const weightTensors = (config: MmpConfig): Record<string, tf.Tensor> =>
  Object.fromEntries(
    Object.entries(backbone.initialWeights(config, 3)).map(([name, { data, shape }]) => [
      name,
      tf.tensor(data, [...shape]),
    ]),
  );

const caseOf = (number: number, patches: number) => ({
  genes: tf.randomNormal<tf.Rank.R1>([8], 0, 1, 'float32', number),
  patches: tf.randomNormal<tf.Rank.R2>([patches, 6], 0, 1, 'float32', number),
  label: { bin: number, censored: 0, months: 1 + number } as const,
});

describe(`PANTHER, as torch ${reference.torch} in float64`, () => {
  it('makes tokens of shares, means and variances', () => {
    const { tau, inputs, posterior, tokens } = reference.panther;
    expectNoLeak(() =>
      tf.tidy(() => {
        const [patches, mean, variance] = [inputs.patches, inputs.mean, inputs.variance].map(
          (one) => tensorOf(one) as tf.Tensor2D,
        );
        const taps: Record<string, Float32Array> = {};
        const made = panther({ mean: mean!, variance: variance!, tau })(patches!, (name, tensor) => {
          taps[name] = tensor.dataSync() as Float32Array;
        });
        expectClose('posterior', taps['panther.posterior']!, posterior.data, 16);
        expectClose('tokens', made.dataSync(), tokens.data, 16);
      }),
    );
  });

  it('gives a lone prototype everything', () => {
    tf.tidy(() => {
      const [mean, variance] = [tf.tensor2d([[5]]), tf.tensor2d([[1]])];
      const [share, centre, spread] = panther({ mean, variance, tau: 2 })(tf.tensor2d([[1], [3]])).dataSync();
      // (1 + 3 + 2 · 5) / 4 and (1 + 9 + 2 · (1 + 25)) / 4 − 3.5².
      expect([share, centre, spread]).toEqual([1, 3.5, 3.25]);
    });
  });
});

describe(`MMP's attention, as torch ${reference.torch} in float64`, () => {
  it.each(reference.attention)('$name softmax', ({ name, inputs, upstream, output, gradients }) => {
    expectNoLeak(() =>
      tf.tidy(() => {
        const attend = (qkv: tf.Tensor) => fullAttention(qkv as tf.Tensor3D, 3, name);
        const qkv = tensorOf(inputs.qkv);
        expectClose('output', attend(qkv).dataSync(), output.data, 6);
        const gradient = tf.grad(attend)(qkv, tensorOf(upstream));
        expectClose('gradient', gradient.dataSync(), gradients.qkv.data, 8);
      }),
    );
  });
});

describe('the feed-forwards', () => {
  it('are apart: a token sees its own weights only', () => {
    tf.tidy(() => {
      const shapes = { 'norm.weight': [2, 4], 'norm.bias': [2, 4], 'net.0.weight': [2, 4, 4] };
      const others = { 'net.0.bias': [2, 4], 'net.3.weight': [2, 4, 4], 'net.3.bias': [2, 4] };
      const weights = Object.fromEntries(
        Object.entries({ ...shapes, ...others }).map(([name, shape]) => [
          `f.*.${name}`,
          tf.randomNormal(shape),
        ]),
      );
      const tokens = tf.randomNormal<tf.Rank.R3>([2, 3, 4]);
      const run = (given: Record<string, tf.Tensor>) =>
        feedForwards(openForwardPass('test', given, { mode: 'evaluation' }), 'f', tokens).arraySync();
      const before = run(weights);
      const half = tf.tensor3d([1, 2], [2, 1, 1]);
      const after = run({ ...weights, 'f.*.net.0.weight': tf.mul(weights['f.*.net.0.weight']!, half) });
      expect(after[0]).toEqual(before[0]);
      expect(after[1]).not.toEqual(before[1]);
    });
  });
});

describe('MMP', () => {
  it('has the parameters of the published class, and 32,768 frozen ones of PANTHER', () => {
    const pathways = HALLMARK_SIZES.map((size) => Array.from({ length: size }, (_, gene) => gene));
    const config = backbone.configure({ pathways, patchWidth: 1024, bins: 4 });
    const shapes = weightShapes(config);
    const frozen = Object.fromEntries(Object.entries(shapes).filter(([name]) => name.startsWith('panther.')));
    expect(parameterCount(frozen)).toBe(32_768);
    expect(parameterCount(shapes) - parameterCount(frozen)).toBe(8_550_496);
  });

  it.each(['plain', 'described'] as const)('gives each case of a batch what it gets alone: %s', (variant) => {
    const model = mmp(CONFIG);
    const module = moduleVariants[variant]();
    const draws = [...model.draws(5), ...module.draws({ weak: 3, strong: 2, width: 8 })];
    const tapes = [0, 1, 2].map((step) => drawTape(draws, 1, step));
    tf.tidy(() => {
      const weights = weightTensors(CONFIG);
      const cases = tapes.map((tape, i) => ({ input: caseOf(i, 4 + i), tape }));
      const options = { mode: 'training', module } as const;
      const together = model.forwardBatch!(cases, weights, options);
      cases.forEach(({ input, tape }, i) => {
        const alone = model.forward(input, weights, { ...options, tape });
        expectClose(`case ${i}`, together[i]!.logits.dataSync(), alone.logits.dataSync(), 16);
      });
    });
    for (const tape of tapes) tape.dispose();
    model.dispose();
  });

  it('leaves no tensor, in evaluation or with gradients', () => {
    const model = mmp(CONFIG);
    const tape = drawTape(model.draws(5), 1, 0);
    tf.tidy(() => {
      const weights = weightTensors(CONFIG);
      const input = caseOf(1, 5);
      const trained = Object.keys(weights).filter((name) => !backbone.frozen!.includes(name));
      const logit = (...values: tf.Tensor[]): tf.Tensor => {
        const given = { ...weights, ...Object.fromEntries(trained.map((name, i) => [name, values[i]!])) };
        return model.forward(input, given, { mode: 'training', tape }).logits;
      };
      const step = () =>
        tf.tidy(
          () =>
            tf
              .valueAndGrads(logit)(trained.map((name) => weights[name]!))
              .value.dataSync()[0]!,
        );
      const evaluate = () =>
        tf.tidy(() => model.forward(input, weights, { mode: 'evaluation' }).logits.dataSync()[0]!);
      step(); // reads the tape, which keeps what was read
      expect(Number.isFinite(expectNoLeak(step))).toBe(true);
      expect(expectNoLeak(evaluate)).toBe(expectNoLeak(evaluate));
    });
    tape.dispose();
    model.dispose();
  });

  it('does not care in which order patches come', () => {
    const model = mmp(CONFIG);
    tf.tidy(() => {
      const weights = weightTensors(CONFIG);
      const { genes, patches } = caseOf(1, 5);
      const [forth, back] = [patches, tf.reverse(patches, 0)].map((given) =>
        model.forward({ genes, patches: given }, weights, { mode: 'evaluation' }).logits.dataSync(),
      );
      expectClose('logits', back!, forth!, 64);
    });
    model.dispose();
  });

  it('names a missing weight, and refuses training without a tape', () => {
    const model = mmp(CONFIG);
    tf.tidy(() => {
      const input = caseOf(1, 5);
      expect(() => model.forward(input, {}, { mode: 'evaluation' })).toThrow('mmp: no weight named');
      expect(() => model.forward(input, weightTensors(CONFIG), { mode: 'training' })).toThrow(
        'training needs a tape',
      );
    });
    model.dispose();
  });
});
