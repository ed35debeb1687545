import type { ByRun, TorchRun, TorchStack } from './torchStack.js';
import type { Judgement, Pass, StackState, Step, TrainingStack } from './stack.js';

/** Float32 runs of PyTorch whose largest error is the yardstick, beside the float64 run that is the oracle. */
export const YARDSTICK_RUNS: readonly TorchRun[] = ['float64', 'float32', 'float32.1', 'float32.2'];

/** How far both stacks' numbers lie from PyTorch in float64. */
export interface Agreement {
  /** `losses` of all steps, or `risks` of all cases that were judged last. */
  readonly quantity: 'losses' | 'risks';
  readonly count: number;
  /** Largest distance of TypeScript's from the oracle's. */
  readonly error: number;
  /** Largest distance of PyTorch's float32 runs, at least 4 units in the last place of the largest number. */
  readonly yardstick: number;
  readonly ratio: number;
}

/** Least yardstick, in units in the last place of float32 at the largest number. */
const FLOOR = 4 * 2 ** -23;

/** TypeScript trains, and PyTorch follows step by step: same cases, patches, draws and decisions. */
export class BothStacks implements TrainingStack {
  readonly name = 'both';
  private readonly losses: Compared[] = [];
  private readonly risks = new Map<string, Compared>();

  constructor(
    private readonly typescript: TrainingStack,
    private readonly torch: TorchStack,
  ) {}

  async step(step: Step): Promise<readonly number[]> {
    // First, so that the decisions that it takes are on the tapes.
    const own = await this.typescript.step(step);
    const followed = await this.torch.stepAll(step);
    own.forEach((ts, i) => this.losses.push(compared(ts, followed, (losses) => losses[i]!)));
    return own;
  }

  async evaluate(pass: Pass, withEmbedding?: boolean): Promise<Judgement> {
    const own = await this.typescript.evaluate(pass, withEmbedding);
    const followed = await this.torch.evaluateAll(pass);
    const { cohort, caseId } = pass.one;
    this.risks.set(
      `${cohort}/${caseId}`,
      compared(own.risk, followed, ({ risk }) => risk),
    );
    return own;
  }

  async state(): Promise<StackState> {
    return { ...(await this.typescript.state()), ...(await this.torch.state()) };
  }

  async restore(state: StackState): Promise<void> {
    await this.typescript.restore(state);
    await this.torch.restore(state);
  }

  async close(): Promise<void> {
    await this.typescript.close();
    await this.torch.close();
  }

  /** Of the steps taken and the cases judged in this process. */
  agreement(): Agreement[] {
    return [agreed('losses', this.losses), agreed('risks', [...this.risks.values()])];
  }
}

interface Compared {
  readonly size: number;
  readonly error: number;
  readonly spread: number;
}

function compared<T>(ts: number, followed: ByRun<T>, of: (value: T) => number): Compared {
  const runs = Object.entries(followed) as [TorchRun, T][];
  const oracle = of(followed.float64!);
  const spread = runs.filter(([run]) => run !== 'float64').map(([, value]) => Math.abs(of(value) - oracle));
  return { size: Math.abs(oracle), error: Math.abs(ts - oracle), spread: Math.max(...spread) };
}

function agreed(quantity: Agreement['quantity'], all: readonly Compared[]): Agreement {
  const most = (of: (one: Compared) => number) => all.reduce((largest, one) => Math.max(largest, of(one)), 0);
  const error = most((one) => one.error);
  const yardstick = Math.max(
    most((one) => one.spread),
    FLOOR * most((one) => one.size),
    Number.MIN_VALUE,
  );
  return { quantity, count: all.length, error, yardstick, ratio: error / yardstick };
}
