import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MCAT_PROTOCOL, type BackboneModel, type Protocol } from '@concord/backbone';
import { workspaceRoot } from '@concord/baselines';
import { moduleVariants } from '@concord/modules';
import { initBackend, linear, Tape } from '@concord/nn';
import { expectClose } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';
import { TypeScriptWitness } from './typescriptWitness.js';

interface Numbers {
  readonly shape: number[];
  readonly data: number[];
}

interface ObjectiveCase {
  readonly name: string;
  readonly protocol: { readonly batch: number; readonly accumulate: number; readonly penalty: number };
  readonly genes: Numbers;
  readonly labels: { readonly bin: number; readonly censored: 0 | 1 }[];
  readonly weights: Record<string, Numbers>;
  readonly losses: Numbers;
  readonly gradients: Record<string, Numbers>;
}

const reference = join(workspaceRoot(), 'packages/backbone/reference/objective.json');
const { cases, torch } = JSON.parse(readFileSync(reference, 'utf8')) as {
  cases: ObjectiveCase[];
  torch: string;
};

/** Logits are an affine map of the genes. */
function affine(): BackboneModel {
  return {
    draws: () => [],
    plugIn: () => ({ width: 0 }),
    forward: ({ genes }, weights) => ({
      logits: linear(
        tf.reshape(genes, [1, genes.size]),
        weights['head.weight'] as tf.Tensor2D,
        weights['head.bias'] as tf.Tensor1D,
      ),
    }),
    dispose: () => undefined,
  };
}

beforeAll(() => initBackend());

describe(`losses of a step, their gradients added up, as torch ${torch} in float64`, () => {
  it.each(cases)('$name', ({ protocol, genes, labels, weights, losses, gradients }) => {
    const { batch, accumulate, penalty } = protocol;
    const [, width] = genes.shape as [number, number];
    const input = {
      shape: { pathways: [], patchWidth: 1, bins: 4 },
      cases: labels.map((label, i) => ({
        ...{ caseId: `case ${i}`, label: { ...label, months: 12 } },
        genes: Float32Array.from(genes.data.slice(i * width, (i + 1) * width)),
        ...{ patches: new Float32Array(1), patchCount: 1 },
      })),
    };
    const start = Object.fromEntries(
      Object.entries(weights).map(([name, { shape, data }]) => [
        name,
        { shape, data: Float32Array.from(data) },
      ]),
    );
    const trained: Protocol = {
      ...{ ...MCAT_PROTOCOL, batch, accumulate },
      ...(penalty > 0 && { l1: { lambda: penalty, prefixes: ['head.weight'] } }),
    };
    const tapes = Array.from({ length: batch * accumulate }, (_, step) => new Tape(new Map(), step));
    const all = { training: tapes, evaluation: [] };
    const witness = new TypeScriptWitness(affine(), input, start, moduleVariants.plain(), all, trained);
    const { forward, gradients: found } = witness.training();
    expectClose('first loss', forward.get('loss')!.data, losses.data.slice(0, 1), 4);
    for (const [name, { data }] of Object.entries(gradients))
      expectClose(name, found.get(name)!.data, data, 8);
    witness.dispose();
  });
});
