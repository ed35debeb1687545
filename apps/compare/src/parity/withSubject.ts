import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Bridge } from '@concord/baselines';
import type { BagModule } from '@concord/modules';
import { writeDecisions, writeTapes, type NamedArray, type Tape } from '@concord/nn';
import { writeSafetensors, type TensorData } from '@concord/safetensors';
import type { ConfiguredBackbone } from '../backbones/configure.js';
import { judgeStage } from './judgeStage.js';
import { PythonWitness, type Precision, type Sources, type StageCall } from './pythonWitness.js';
import type { ParityRow, Stage, Subject } from './report.js';
import type { ParityInput } from './subject.js';
import { TypeScriptWitness, type Outputs } from './typescriptWitness.js';

/** One subject, with all that both stacks need for it. */
export interface SubjectRun {
  readonly subject: Subject;
  readonly backbone: ConfiguredBackbone;
  readonly module: BagModule;
  readonly input: ParityInput;
  readonly weights: Readonly<Record<string, NamedArray>>;
  readonly tapes: readonly Tape[];
  /** One for each case, where the backbone draws in evaluation; else none. */
  readonly evaluationTapes: readonly Tape[];
  readonly factor: number;
  /** Folder of checkouts, where the published class is to be a witness as well. */
  readonly published?: string;
}

/** Rows of our own PyTorch, and those of the published class where it took part. */
export interface SubjectRows {
  readonly reference: ParityRow[];
  readonly published: ParityRow[];
}

/** A subject that both stacks have opened. */
export interface OpenSubject {
  readonly ts: TypeScriptWitness;
  /**
   * Run one stage in both stacks and compare.
   *
   * @param look sees what they found, before it is gone.
   */
  readonly stage: (
    compute: (breathe: () => Promise<void>) => StageOutputs | Promise<StageOutputs>,
    call: StageCall,
    look?: (found: StageOutputs, sources: Sources) => void,
  ) => Promise<SubjectRows>;
}

/**
 * Open a subject in both stacks, from the same weights, inputs and draws, work on it, and close it.
 *
 * TypeScript goes first in each stage where it takes decisions on the tape: Python replays them.
 */
export async function withSubject<T>(
  run: SubjectRun,
  bridge: Bridge,
  work: (open: OpenSubject) => Promise<T>,
): Promise<T> {
  const { subject, backbone, module, input, weights, tapes, evaluationTapes, factor } = run;
  const { stacked = {}, frozen } = backbone.declared;
  const { protocol } = backbone;
  const directory = join(bridge.directory, `${subject.backbone}-${subject.variant}`);
  mkdirSync(directory);
  const allTapes = { training: tapes, evaluation: evaluationTapes };
  const ts = new TypeScriptWitness(backbone.create(), input, weights, module, allTapes, protocol, frozen);
  try {
    await writeInputs(directory, run);
    const python = await PythonWitness.open(
      bridge,
      directory,
      backbone,
      input,
      { name: module.name, options: module.options },
      run.published,
    );
    const result = await work({ ts, stage });
    await python.close();
    return result;

    async function stage(
      compute: (breathe: () => Promise<void>) => StageOutputs | Promise<StageOutputs>,
      call: StageCall,
      look?: (found: StageOutputs, sources: Sources) => void,
    ): Promise<SubjectRows> {
      // Where no decision has to cross first, Python works while TypeScript computes on the other core.
      const ahead =
        module.decides || backbone.declared.decides ? undefined : python.run(precisions(run), call);
      let failure: { readonly error: unknown } | undefined;
      ahead?.catch((error: unknown) => (failure = { error }));
      // A long computation lets signals and the worker's end through, and stops when the worker has failed.
      const breathe = async () => {
        await setImmediate();
        if (failure) throw failure.error;
      };
      await breathe();
      const found = await compute(breathe);
      await decide();
      const sources = await (ahead ?? python.run(precisions(run), call));
      try {
        let judged = await judge(found, sources);
        for (const { beyond, runs } of WIDER) {
          const rows = [...judged.reference, ...judged.published];
          if (rows.every((row) => row.pass && distance(row) <= beyond)) break;
          const { float32 } = await python.run(['float32'], { ...call, runs });
          sources.float32!.close();
          sources.float32 = float32!;
          judged = await judge(found, sources);
        }
        look?.(found, sources);
        return judged;
      } finally {
        for (const source of Object.values(sources)) source.close();
      }
    }

    async function judge(found: StageOutputs, sources: Sources): Promise<SubjectRows> {
      const judged: SubjectRows = { reference: [], published: [] };
      for (const [name, outputs] of Object.entries(found) as [Stage, Outputs][]) {
        const results = {
          ts: outputs,
          oracle: sources.float64!,
          torch32: sources.float32!,
          prefix: name === 'gradient' ? 'grad.' : '',
          stacked,
        };
        judged.reference.push(...judgeStage(subject, name, results, factor));
        if (sources.published) {
          const published = { ...subject, witness: 'published' as const };
          const spoken = { ...results, published: sources.published };
          judged.published.push(...judgeStage(published, name, spoken, factor).filter(isSpoken));
        }
        await setImmediate();
      }
      return judged;
    }

    async function decide(): Promise<void> {
      for (const [kind, those] of Object.entries(allTapes)) {
        const decided = those.filter((tape) => tape.decisions.size > 0);
        if (decided.length > 0)
          await writeDecisions(join(directory, `${kind}.decisions.safetensors`), decided);
      }
    }
  } finally {
    ts.dispose();
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * One float32 run makes the yardstick; where a quantity is beyond so much of its limit, so many do. A sensitive
 * number (a near-zero gradient divided by its own size, an iteration that multiplies rounding) differs from run to
 * run by more than few runs show, and a mistake by more than many. More runs only raise a limit: asked for later,
 * they judge what they would have judged at once.
 */
const WIDER = [
  { beyond: 0.5, runs: 3 },
  { beyond: 1, runs: 12 },
] as const;

/** The larger error of what is judged in a row, as a share of its limit; none where equality is demanded. */
function distance({ errorTs, errorPublished = 0, limit }: ParityRow): number {
  return limit === 0 ? 0 : Math.max(errorTs, errorPublished) / limit;
}

/** What TypeScript found, by stage. */
export type StageOutputs = Partial<Record<Stage, Outputs>>;

function precisions({ published }: SubjectRun): Precision[] {
  return published ? ['float64', 'float32', 'published'] : ['float64', 'float32'];
}

/** A row in which the published class has a number. */
function isSpoken(row: ParityRow): boolean {
  return row.errorPublished !== undefined;
}

async function writeInputs(
  directory: string,
  { input, weights, tapes, evaluationTapes }: SubjectRun,
): Promise<void> {
  const float = (data: Float32Array, shape: readonly number[]): TensorData => ({ dtype: 'F32', shape, data });
  const named = Object.entries(weights).map(([name, { data, shape }]) => [name, float(data, shape)] as const);
  await writeSafetensors(join(directory, 'weights.safetensors'), Object.fromEntries(named));
  const cases = input.cases.flatMap(({ genes, patches, patchCount, clusters }, i) => [
    [`case.${i}.genes`, float(genes, [genes.length])] as const,
    [`case.${i}.patches`, float(patches, [patchCount, input.shape.patchWidth])] as const,
    ...(clusters
      ? [[`case.${i}.clusters`, { dtype: 'I32', shape: [patchCount], data: clusters } as TensorData] as const]
      : []),
  ]);
  await writeSafetensors(join(directory, 'inputs.safetensors'), Object.fromEntries(cases));
  await writeTapes(join(directory, 'training.tape.safetensors'), [{ prefix: 'step', tapes }]);
  const evaluation = { prefix: 'step', tapes: evaluationTapes };
  await writeTapes(join(directory, 'evaluation.tape.safetensors'), [evaluation]);
}
