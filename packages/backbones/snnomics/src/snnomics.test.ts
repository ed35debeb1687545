import { isApplicable, parameterCount } from '@concord/backbone';
import { moduleVariants } from '@concord/modules';
import { initBackend } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { weightShapes } from './config.js';
import { snnOmics } from './snnomics.js';

const CONFIG = { genePositions: [0, 1, 2, 3, 4, 6], width: 8, bins: 4 };
const PATCHES = 5;

beforeAll(async () => {
  await initBackend();
});

function caseOf() {
  return {
    genes: tf.tensor1d([0.5, 0.1, -0.2, 0.3, 0, 0.7, 0.5, -0.5]),
    patches: tf.zeros<tf.Rank.R2>([PATCHES, 6]),
  };
}

describe('SNNOmics', () => {
  it('has as many parameters as the published class at its setting', () => {
    expect(
      parameterCount(
        weightShapes({ ...CONFIG, genePositions: Array.from({ length: 4999 }, (_, i) => i), width: 256 }),
      ),
    ).toBe(1_346_820);
  });

  it('refuses a module, having no tokens', () => {
    const model = snnOmics(CONFIG);
    const module = moduleVariants.sdir();
    expect(isApplicable(module, model.plugIn(PATCHES))).toBe(false);
    expect(() => model.forward(caseOf(), {}, { mode: 'evaluation', module })).toThrow(
      'this backbone has none',
    );
    model.dispose();
  });
});
