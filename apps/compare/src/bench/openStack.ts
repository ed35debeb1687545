import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openBridge } from '@concord/baselines';
import type { BenchCase, Stack, StepSeconds } from './stack.js';

/** Start the TypeScript stack in a process of its own. */
export async function openTypescript(benchCase: BenchCase): Promise<Stack> {
  const child = fork(new URL('./typescriptTrainer.js', import.meta.url), { execArgv: ['--expose-gc'] });
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
  const parameters = await ask<number>({ open: benchCase });
  return {
    name: 'typescript',
    parameters,
    step: () => ask<StepSeconds>('step'),
    reset: () => ask<void>('reset'),
    peak: () => ask<number>('peak'),
    close: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** Start a PyTorch stack: our packed reference, or the published class of the checkouts in `published`. */
export async function openPytorch(benchCase: BenchCase, published?: string): Promise<Stack> {
  const bridge = await openBridge();
  const which = published ? 'published' : 'reference';
  const { parameters } = await bridge.call<{ parameters: number }>('bench.open', {
    ...benchCase,
    which,
    ...(published && { published }),
  });
  return {
    name: which,
    parameters,
    step: () => bridge.call<StepSeconds>('bench.step'),
    reset: () => bridge.call<void>('bench.reset'),
    peak: async () => (await bridge.call<{ bytes: number }>('bench.peak')).bytes,
    close: () => bridge.close(),
  };
}
