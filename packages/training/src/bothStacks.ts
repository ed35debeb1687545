import { concordanceOrNaN } from './judge.js';
import type { Judgement, Pass, StackState, Step, TrainingStack } from './stack.js';
import type { ByRun, TorchRun, TorchStack } from './torchStack.js';
import type { TrainingCase } from './trainingSet.js';

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

/** The C-index that both stacks give the same cases. */
export interface CindexAgreement {
  readonly typescript: number;
  /** In the first of PyTorch's float32 runs. */
  readonly torch: number;
  /**
   * Whether the numbers say that C has to be the same: all runs of PyTorch, in float64 too, agree to three decimals.
   * Where two cases lie closer together than rounding, they need not.
   */
  readonly decided: boolean;
  /** To three decimals. */
  readonly same: boolean;
}

/** Name of the distances of losses in a state: [steps, 3] of size, error and spread. */
const LOSSES = 'both.losses';
/** Least yardstick, in units in the last place of float32 at the largest number. */
const FLOOR = 4 * 2 ** -23;

/** TypeScript trains, and PyTorch follows step by step: same cases, patches, draws and decisions. */
export class BothStacks implements TrainingStack {
  readonly name = 'both';
  private readonly losses: Compared[] = [];
  private readonly risks = new Map<string, Risks>();

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
    this.risks.set(nameOf(pass.one), { own: own.risk, followed });
    return own;
  }

  async state(): Promise<StackState> {
    const data = Float64Array.from(this.losses.flatMap(({ size, error, spread }) => [size, error, spread]));
    return {
      ...(await this.typescript.state()),
      ...(await this.torch.state()),
      [LOSSES]: { dtype: 'F64', shape: [this.losses.length, 3], data },
    };
  }

  async restore(state: StackState): Promise<void> {
    await this.typescript.restore(state);
    await this.torch.restore(state);
    // Going back to the best epoch takes back no step that was compared.
    if (this.losses.length > 0) return;
    const [data = [], count = 0] = [state[LOSSES]?.data as Float64Array | undefined, state[LOSSES]?.shape[0]];
    for (let i = 0; i < count; i++) {
      this.losses.push({ size: data[3 * i]!, error: data[3 * i + 1]!, spread: data[3 * i + 2]! });
    }
  }

  async close(): Promise<void> {
    await this.typescript.close();
    await this.torch.close();
  }

  /** Of all steps, those before a resume too, and of the cases as they were judged last. */
  agreement(): Agreement[] {
    const risks = [...this.risks.values()].map(({ own, followed }) =>
      compared(own, followed, ({ risk }) => risk),
    );
    return [agreed('losses', this.losses), agreed('risks', risks)];
  }

  /** Of cases that were judged; undefined where no pair of them is comparable. */
  cindexOf(cases: readonly TrainingCase[]): CindexAgreement | undefined {
    const by = (of: (risks: Risks) => number) =>
      concordanceOrNaN(cases.map((one) => ({ one, risk: of(this.risks.get(nameOf(one))!) })));
    const typescript = by(({ own }) => own);
    if (Number.isNaN(typescript)) return undefined;
    const runs = YARDSTICK_RUNS.map((run) => by(({ followed }) => followed[run]!.risk));
    const said = new Set(runs.map(toThree));
    return {
      ...{ typescript, torch: runs[YARDSTICK_RUNS.indexOf('float32')]! },
      decided: said.size === 1,
      same: toThree(typescript) === toThree(runs[YARDSTICK_RUNS.indexOf('float32')]!),
    };
  }
}

/** What the stacks say of a case. */
interface Risks {
  readonly own: number;
  readonly followed: ByRun<Judgement>;
}

function nameOf({ cohort, caseId }: TrainingCase): string {
  return `${cohort}/${caseId}`;
}

function toThree(value: number): string {
  return value.toFixed(3);
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
