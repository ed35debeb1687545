import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { moduleDraws, type BackboneModel } from '@concord/backbone';
import type { BagModule } from '@concord/modules';
import { drawTape, readTapes, requireDraws, Tape, type Draw } from '@concord/nn';
import type { ParityInput } from './subject.js';

/** Everything that each forward pass of the training draws with any of the modules, for the case that it sees. */
export function drawsOfPasses(
  model: BackboneModel,
  { cases }: ParityInput,
  modules: readonly BagModule[],
  passes: number,
): Draw[][] {
  return Array.from({ length: passes }, (_, number) => {
    const { patchCount } = cases[number % cases.length]!;
    const sizes = model.plugIn(patchCount);
    return [...model.draws(patchCount), ...modules.flatMap((module) => moduleDraws(module, sizes))];
  });
}

/** What each case's evaluation draws; none where the model draws nothing then. */
export function drawsOfEvaluation(model: BackboneModel, { cases }: ParityInput): Draw[][] {
  return cases.flatMap(({ patchCount }) => {
    const draws = model.evaluationDraws?.(patchCount);
    return draws ? [draws] : [];
  });
}

/**
 * Draw the tapes of a run. On the first one every gate is open, so that the compared step shows the module.
 *
 * @param batch forward passes that share their shared draws.
 */
export function drawTapes(draws: readonly Draw[][], seed: number, batch = 1): Tape[] {
  const tapes: Tape[] = [];
  draws.forEach((ofStep, step) => {
    const tape = drawTape(ofStep, seed, step, tapes[step - (step % batch)]);
    tapes.push(step > 0 ? tape : opened(tape));
  });
  return tapes;
}

/** The same tape with every gate open. */
function opened({ draws, step }: Tape): Tape {
  const open = [...draws].map(([name, drawn]) =>
    name.endsWith('.gate')
      ? ([name, { ...drawn, data: Float32Array.of(0) }] as const)
      : ([name, drawn] as const),
  );
  return new Tape(new Map(open), step);
}

/** Read tapes from a file and check that they fit this run. @throws TapeError, SafetensorsError. */
export function replayTapes(path: string, prefix: string, draws: readonly Draw[][]): Tape[] {
  const tapes = readTapes(path, prefix);
  if (tapes.length < draws.length) {
    throw new Error(
      `${path}: holds ${tapes.length} steps of ${prefix}, this run takes ${draws.length}; use --steps`,
    );
  }
  draws.forEach((ofStep, step) => requireDraws(path, tapes[step]!, ofStep));
  return tapes.slice(0, draws.length);
}

/** SHA-256 of a file. */
export async function digestOf(path: string): Promise<string> {
  const digest = createHash('sha256');
  await pipeline(createReadStream(path), digest);
  return digest.digest('hex');
}
