import { initBackend, Parameters } from '@concord/nn';
import { beforeAll, describe, expect, it } from 'vitest';
import { openOptimiser } from './openOptimiser.js';

beforeAll(() => initBackend());

describe('openOptimiser', () => {
  it('refuses a decay that the optimiser does not know, instead of leaving it out', () => {
    const parameters = Parameters.from({ p: { shape: [1], data: Float32Array.of(1) } });
    const spec = { name: 'lamb', lr: 1, weightDecay: 1, betas: [0.9, 0.999], eps: 1e-6 } as const;
    expect(() => openOptimiser(parameters, { ...spec, decays: 'matrices' })).toThrow(
      'lamb decays all weights or none, not matrices',
    );
    openOptimiser(parameters, spec).dispose();
    parameters.dispose();
  });
});
