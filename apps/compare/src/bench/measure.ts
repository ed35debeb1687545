import { openPytorch, openTypescript } from './openStack.js';
import type { BenchCase, Stack, StepSeconds } from './stack.js';

/**
 * Steps, and milliseconds of each stack, before the clock counts: libraries allocate and tune in the first steps, and
 * JavaScript is compiled when it has run some hundred times. Training takes thousands.
 */
const WARM_UP = { steps: 4, milliseconds: 2000 };

/** Figures of one stack at one bag size. */
export interface StackFigures {
  readonly name: Stack['name'];
  readonly parameters: number;
  /** Medians over the rounds, in milliseconds. */
  readonly forward: number;
  readonly backward: number;
  readonly optimiser: number;
  readonly step: number;
  /** Largest resident memory during the measured steps, in bytes. */
  readonly peakBytes: number;
  /** The same without what the process held before it built the model: weights, moments, gradients, activations. */
  readonly ownBytes: number;
  /** Median over the rounds of this stack's step over TypeScript's in the same round: above 1, TypeScript is faster. */
  readonly ratio: number;
}

/** All stacks for one backbone at one bag size. */
export interface Measurement {
  readonly backbone: string;
  readonly patches: number;
  readonly stacks: readonly StackFigures[];
  /** Why a stack took no part. */
  readonly notMeasured: readonly string[];
}

/**
 * Take turns, one step each, so that whatever else the machine does hits all stacks alike, and compare within
 * each round.
 */
export async function measure(
  benchCase: BenchCase,
  rounds: number,
  published: string | undefined,
  note: (text: string) => void,
): Promise<Measurement> {
  const stacks: Stack[] = [];
  try {
    const { stack: typescript, draws } = await openTypescript(benchCase);
    stacks.push(typescript);
    stacks.push(await openPytorch(benchCase, draws));
    const notMeasured: string[] = [];
    if (published) {
      await openPytorch(benchCase, draws, published).then(
        (stack) => stacks.push(stack),
        (error: Error) => notMeasured.push(error.message.split('\n')[0]!),
      );
    }
    const seconds = new Map(stacks.map((stack) => [stack, [] as StepSeconds[]]));
    const warm = performance.now() + stacks.length * WARM_UP.milliseconds;
    for (let step = 0; step < WARM_UP.steps || performance.now() < warm; step++) {
      for (const stack of stacks) await stack.step();
    }
    for (const stack of stacks) await stack.reset();
    for (let round = 0; round < rounds; round++) {
      for (const stack of stacks) seconds.get(stack)!.push(await stack.step());
      if (round % 5 === 4) note(`round ${round + 1} of ${rounds}`);
    }
    const own = seconds.get(stacks[0]!)!.map(total);
    const figures = stacks.map(async (stack): Promise<StackFigures> => {
      const taken = seconds.get(stack)!;
      const memory = await stack.memory();
      const part = (of: (one: StepSeconds) => number) => 1000 * median(taken.map(of));
      return {
        name: stack.name,
        parameters: stack.parameters,
        forward: part((one) => one.forward),
        backward: part((one) => one.backward),
        optimiser: part((one) => one.optimiser),
        step: part(total),
        peakBytes: memory.peak,
        ownBytes: memory.peak - memory.libraries,
        ratio: median(taken.map((one, round) => total(one) / own[round]!)),
      };
    });
    const { backbone, patches } = benchCase;
    return { backbone, patches, stacks: await Promise.all(figures), notMeasured };
  } finally {
    await Promise.all(stacks.map((stack) => stack.close()));
  }
}

function total({ forward, backward, optimiser }: StepSeconds): number {
  return forward + backward + optimiser;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
