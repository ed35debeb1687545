import { readFileSync, writeFileSync } from 'node:fs';
import { parameterCount } from '@concord/backbone';
import { backbone } from '@concord/backbone-survpath';
import { drawTape, initBackend, nllSurvival, Parameters, radam } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { BenchCase, StepSeconds } from './stack.js';

/** The TypeScript stack in a process of its own, driven by messages: `open`, then `step`, `reset`, `peak`. */
type Request = { readonly open: BenchCase } | 'step' | 'reset' | 'peak';

let step: (() => StepSeconds) | undefined;

process.on('message', (request: Request) => {
  void answer(request).then(
    (value) => process.send!({ value }),
    (error: Error) => process.send!({ error: error.message }),
  );
});
process.on('disconnect', () => process.exit());

async function answer(request: Request): Promise<unknown> {
  if (request === 'step') return step!();
  if (request === 'reset') return resetPeak();
  if (request === 'peak') return peakBytes();
  await initBackend('native');
  step = trainer(request.open);
  return parameterCount(backbone.weightShapes(request.open.config));
}

function trainer({ config, patches: count, seed }: BenchCase): () => StepSeconds {
  const parameters = Parameters.from(backbone.initialWeights(config, seed));
  const optimiser = radam(parameters, { learningRate: 5e-4, weightDecay: 1e-3 });
  const model = backbone.create(config);
  const { names } = parameters;
  const draws = model.draws(count);
  const genes = tf.randomUniform<tf.Rank.R1>([config.pathwaySizes.reduce((sum, n) => sum + n, 0)], -1, 1);
  const patches = tf.randomNormal<tf.Rank.R2>([count, config.patchWidth]);

  return () => {
    const start = performance.now();
    const tape = drawTape(draws, seed, optimiser.steps);
    let forwardEnd = 0;
    const gradients = tf.tidy(() => {
      const weights = parameters.tensors();
      const loss = tf.grads((...values: tf.Tensor[]) => {
        const given = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
        const { logits } = model.forward({ genes, patches }, given, { mode: 'training', tape });
        const value = nllSurvival(logits, [{ bin: 1, censored: 0 }]);
        forwardEnd = performance.now();
        return value;
      });
      const found = loss(names.map((name) => weights[name]!));
      return Object.fromEntries(names.map((name, i) => [name, found[i]!]));
    });
    tape.dispose();
    const backwardEnd = performance.now();
    optimiser.apply(gradients);
    tf.dispose(gradients);
    const end = performance.now();
    return {
      forward: (forwardEnd - start) / 1000,
      backward: (backwardEnd - forwardEnd) / 1000,
      optimiser: (end - backwardEnd) / 1000,
    };
  };
}

function resetPeak(): void {
  globalThis.gc?.();
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
}

function peakBytes(): number {
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
  return (peak ? Number(peak) : process.resourceUsage().maxRSS) * 1024;
}
