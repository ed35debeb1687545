import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openBridge } from '@concord/baselines';
import { writeSafetensors } from '@concord/safetensors';
import { configureBackbone } from '../backbones/configure.js';
import { findBackbone, loadBackbone } from '../backbones/discover.js';
import { TRAINING_PROCESS } from '../files/trainingProcess.js';
import { ONE_CASE } from './oneCase.js';
import type { Draw } from '@concord/nn';
import type { BenchCase, PeakMemory, Stack, StepSeconds } from './stack.js';

/** Start the TypeScript stack in a process of its own; it also says what a step of the backbone draws. */
export async function openTypescript(
  benchCase: BenchCase,
): Promise<{ readonly stack: Stack; readonly draws: readonly Draw[] }> {
  const child = fork(new URL('./typescriptTrainer.js', import.meta.url), {
    execArgv: ['--expose-gc', ...TRAINING_PROCESS.nodeFlags],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the TypeScript process of the benchmark ended (${String(code)})`);
  });
  ended.catch(() => undefined); // its end is an error only to who still waits for an answer
  const ask = async <T>(request: unknown): Promise<T> => {
    child.send(request as object);
    const answered = new Promise<{ value: T; error?: string }>((resolve) => {
      child.once('message', (message) => resolve(message as { value: T; error?: string }));
    });
    const answer = await Promise.race([answered, ended]);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.value;
  };
  const { parameters, draws } = await ask<{ parameters: number; draws: readonly Draw[] }>({
    open: benchCase,
  });
  const stack: Stack = {
    name: 'typescript',
    parameters,
    step: () => ask<StepSeconds>('step'),
    reset: () => ask<void>('reset'),
    memory: () => ask<PeakMemory>('memory'),
    close: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
  return { stack, draws };
}

/** Start a PyTorch stack: our packed reference, or the published class of the checkouts in `published`. */
export async function openPytorch(
  benchCase: BenchCase,
  draws: readonly Draw[],
  published?: string,
): Promise<Stack> {
  const { cwd, shape, patches, seed } = benchCase;
  const found = findBackbone(cwd, benchCase.backbone);
  const declared = await loadBackbone(found);
  const { config, protocol } = configureBackbone(found, declared, shape, { most: ONE_CASE });
  const bridge = await openBridge({ threads: 'own' });
  const which = published ? 'published' : 'reference';
  const weights = Object.entries(declared.initialWeights(config, seed)).map(([name, one]) => {
    return [name, { dtype: 'F32', ...one }] as const;
  });
  const file = join(bridge.directory, 'weights.safetensors');
  await writeSafetensors(file, Object.fromEntries(weights));
  const { parameters } = await bridge.call<{ parameters: number }>('bench.open', {
    ...{ which, backbone: declared.name, config, protocol, draws, patches, seed, weights: file },
    search: found.pythonFolders,
    genes: shape.pathways.reduce((sum, { length }) => sum + length, 0),
    patchWidth: shape.patchWidth,
    clusters: declared.reads.clusters ?? 1,
    frozen: declared.frozen ?? [],
    ragged: declared.ragged?.(config) ?? {},
    ...(published && { published }),
  });
  return {
    name: which,
    parameters,
    step: () => bridge.call<StepSeconds>('bench.step'),
    reset: () => bridge.call<void>('bench.reset'),
    memory: () => bridge.call<PeakMemory>('bench.memory'),
    close: () => bridge.close(),
  };
}
