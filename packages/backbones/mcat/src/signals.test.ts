import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';

/** Trains until enough signals were heard, and says what the weights are after `argv[1]` steps. */
const PROGRAM = `
  import { createHash } from 'node:crypto';
  import * as tf from '@tensorflow/tfjs-core';
  import { lossGradients, openOptimiser } from '@concord/backbone';
  import { drawTape, initBackend, Parameters } from '@concord/nn';
  import { backbone } from './dist/index.js';
  let heard = 0;
  process.on('SIGUSR2', () => (heard += 1));
  await initBackend();
  const pathways = backbone.published.pathwaySizes.map((size) => Array.from({ length: size }, (_, i) => i));
  const config = backbone.configure({ pathways, patchWidth: 1024, bins: 4 });
  const parameters = Parameters.from(backbone.initialWeights(config, 7));
  const optimiser = openOptimiser(parameters, backbone.protocol.optimizer);
  const model = backbone.create(config);
  const genes = tf.randomUniform([pathways.flat().length], -1, 1, 'float32', 3);
  const input = { genes, patches: tf.randomNormal([64, 1024], 0, 1, 'float32', 4), label: { bin: 1, censored: 0 } };
  const [steps, signals] = process.argv.slice(1).map(Number);
  console.log('ready');
  let digest;
  for (let step = 0; step < steps || heard < signals; step += 1) {
    const tape = drawTape(model.draws(64), 7, step);
    const { loss, gradients } = lossGradients(model, [{ input, tape }], parameters, {}, backbone.protocol);
    optimiser.apply(gradients);
    tf.dispose([loss, Object.values(gradients)]);
    tape.dispose();
    if (step + 1 === steps) {
      const hash = createHash('sha256');
      for (const { data } of Object.values(parameters.values())) hash.update(data);
      digest = hash.digest('hex');
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  console.log(digest);
  process.stdin.resume();
`;
const STEPS = 15;

/** @returns the digest of the weights, or how the process ended. */
async function trained(signals: number): Promise<string> {
  const child = spawn('node', ['--input-type=module', '-e', PROGRAM, String(STEPS), String(signals)], {
    cwd: join(import.meta.dirname, '..'),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('ready');
  let over = false;
  const digest = lines.next().then((line) => {
    over = true;
    return line;
  });
  while (signals > 0 && !over) {
    child.kill('SIGUSR2');
    await sleep(1);
  }
  const { value } = await digest;
  child.stdin.end();
  const [code, signal] = await ended;
  return value ?? `ended by ${signal ?? `exit code ${code}`}`;
}

describe('a signal, such as of a terminal that is resized or a child that ends,', () => {
  it('does not disturb a step that is being computed', async () => {
    const undisturbed = await trained(0);
    expect(undisturbed).toMatch(/^\w{64}$/);
    expect(await trained(1000)).toBe(undisturbed);
  }, 120_000);
});
