import { readFileSync } from 'node:fs';
import { initBackend, Tape, type Mode } from '@concord/nn';
import { expectClose, expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Bags } from './bagModule.js';
import { moduleVariants, type ModuleVariant } from './variants.js';

interface Numbers {
  readonly shape: [number, number, number];
  readonly data: number[];
}

interface ModuleCase {
  readonly name: string;
  readonly variant: ModuleVariant;
  readonly mode: Mode;
  readonly draws: Record<string, Numbers & { integer: boolean }>;
  readonly bags: Record<keyof Bags, Numbers>;
  readonly upstream: Record<keyof Bags, Numbers>;
  readonly output: Record<keyof Bags, Numbers>;
  readonly gradients: Record<keyof Bags, Numbers>;
}

const { cases, torch } = JSON.parse(
  readFileSync(new URL('../reference/modules.json', import.meta.url), 'utf8'),
) as { cases: ModuleCase[]; torch: string };

/** float32 units at the scale of a bag: the longest chain is statistics, distances, a softmax, a geodesic. */
const LIMIT = 24;

beforeAll(() => initBackend());

describe(`module variants, as torch ${torch} in float64`, () => {
  it.each(cases)('$name', ({ variant, mode, draws, bags, upstream, output, gradients }) => {
    const module = moduleVariants[variant]();
    expectNoLeak(() => {
      const tape = tapeOf(draws);
      tf.tidy(() => {
        const given = tensors(bags);
        const out = module.apply(given, tape, mode);
        for (const side of ['strong', 'weak'] as const) {
          expect(out[side].shape).toEqual(output[side].shape);
          expectClose(side, out[side].dataSync(), output[side].data, LIMIT);
        }
        const back = tensors(upstream);
        const loss = (strong: tf.Tensor, weak: tf.Tensor): tf.Scalar => {
          const moved = module.apply({ strong, weak } as Bags, tape, mode);
          return tf.add(tf.sum(tf.mul(moved.strong, back.strong)), tf.sum(tf.mul(moved.weak, back.weak)));
        };
        const [strong, weak] = tf.grads(loss)([given.strong, given.weak]);
        expectClose('d strong', strong!.dataSync(), gradients.strong.data, LIMIT);
        expectClose('d weak', weak!.dataSync(), gradients.weak.data, LIMIT);
      });
      tape.dispose();
    });
  });

  it.each(Object.entries(moduleVariants))('%s reads no draw that it does not announce', (_name, make) => {
    const module = make();
    const sizes = { strong: 6, weak: 6, width: 8 };
    const read = new Set<string>();
    const announced = new Set(module.draws(sizes).map(({ name }) => name));
    const tape = {
      read: (name: string, shape?: readonly number[]) => {
        read.add(name);
        return tf.fill([...(shape ?? [6])], 0, name.includes('partner') ? 'int32' : 'float32');
      },
      values: (name: string) => {
        read.add(name);
        return /shuffle|partner/.test(name) ? Int32Array.of(0, 1, 2, 3, 4, 5) : new Float32Array(6);
      },
      decide: () => undefined,
    };
    tf.tidy(() => {
      const bag = tf.randomNormal<tf.Rank.R3>([1, 6, 8]);
      module.apply({ strong: bag, weak: bag }, tape, 'training');
    });
    expect([...read].filter((name) => !announced.has(name))).toEqual([]);
  });
});

function tensors(bags: Record<keyof Bags, Numbers>): Bags {
  const tensor = ({ data, shape }: Numbers) => tf.tensor3d(data, shape);
  return { strong: tensor(bags.strong), weak: tensor(bags.weak) };
}

function tapeOf(draws: ModuleCase['draws']): Tape {
  const values = Object.entries(draws).map(([name, { shape, data, integer }]) => {
    return [name, { shape, data: integer ? Int32Array.from(data) : Float32Array.from(data) }] as const;
  });
  return new Tape(new Map(values), 0);
}
