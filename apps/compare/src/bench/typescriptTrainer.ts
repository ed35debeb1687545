import { readFileSync, writeFileSync } from 'node:fs';
import { lossGradients, openOptimiser } from '@concord/backbone';
import { drawTape, initBackend, Parameters } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import { findBackbone, loadBackbone } from '../backbones/discover.js';
import { configureBackbone } from '../backbones/configure.js';
import { ONE_CASE } from './oneCase.js';
import type { BenchCase, PeakMemory, StepSeconds } from './stack.js';

/** The TypeScript stack in a process of its own, driven by messages: `open`, then `step`, `reset`, `memory`. */
type Request = { readonly open: BenchCase } | 'step' | 'reset' | 'memory';

let step: (() => StepSeconds) | undefined;
let libraries = 0;

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
  if (request === 'memory') return { peak: peakBytes(), libraries } satisfies PeakMemory;
  await initBackend('native');
  libraries = process.memoryUsage().rss;
  const opened = await trainer(request.open);
  step = opened.step;
  return { parameters: opened.parameters, draws: opened.draws };
}

async function trainer({ backbone, cwd, shape, patches: count, seed }: BenchCase) {
  const found = findBackbone(cwd, backbone);
  const declared = await loadBackbone(found);
  const configured = configureBackbone(found, declared, shape, { most: ONE_CASE });
  const { config, protocol } = configured;
  const { frozen = [] } = declared;
  const initial = Object.entries(declared.initialWeights(config, seed));
  const part = (isFrozen: boolean) =>
    Parameters.from(Object.fromEntries(initial.filter(([name]) => frozen.includes(name) === isFrozen)));
  const [trained, kept] = [part(false), part(true)];
  const parameters = initial.reduce((sum, [, { data }]) => sum + data.length, 0);
  initial.length = 0; // the measured process does not carry its first weights along
  const optimiser = openOptimiser(trained, protocol.optimizer);
  const model = configured.create();
  const draws = model.draws(count);
  const genes = tf.randomUniform<tf.Rank.R1>(
    [shape.pathways.reduce((sum, { length }) => sum + length, 0)],
    -1,
    1,
  );
  const patches = tf.randomNormal<tf.Rank.R2>([count, shape.patchWidth]);
  const clusters = Int32Array.from({ length: count }, (_, i) => i % (declared.reads.clusters ?? 1));
  const input = { genes, patches, clusters, label: { bin: 1, censored: 0, months: 12 } } as const;

  return { parameters, draws, step: takeStep };

  function takeStep(): StepSeconds {
    const start = performance.now();
    const tape = drawTape(draws, seed, optimiser.steps);
    let forwardEnd = 0;
    const found = tf.tidy(() =>
      lossGradients(model, [{ input, tape }], trained, kept.tensors(), protocol, {
        afterForward: () => (forwardEnd = performance.now()),
      }),
    );
    tape.dispose();
    const backwardEnd = performance.now();
    optimiser.apply(found.gradients);
    tf.dispose([found.loss, found.gradients]);
    const end = performance.now();
    return {
      forward: (forwardEnd - start) / 1000,
      backward: (backwardEnd - forwardEnd) / 1000,
      optimiser: (end - backwardEnd) / 1000,
    };
  }
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
