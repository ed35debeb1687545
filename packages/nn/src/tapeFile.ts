import { openSafetensors, writeSafetensors, type TensorData } from '@concord/safetensors';
import type { DrawnValues } from './draws.js';
import { Tape, TapeError } from './tape.js';

/**
 * Write the tapes of a run: one safetensors file, each draw under `step.<k>.<name>`.
 *
 * @param metadata text by name, kept in the file's header (seed, sizes, versions).
 */
export async function writeTapes(
  path: string,
  tapes: readonly Tape[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeSafetensors(
    path,
    arraysOf(tapes, (tape) => tape.draws),
    { ...metadata, steps: String(tapes.length) },
  );
}

/** Write the discrete decisions that were taken on these tapes, under `step.<k>.<name>`. */
export async function writeDecisions(path: string, tapes: readonly Tape[]): Promise<void> {
  await writeSafetensors(
    path,
    arraysOf(tapes, (tape) => tape.decisions),
  );
}

/**
 * Read a tape file.
 *
 * @returns one tape for each step, in order, and the file's metadata.
 * @throws TapeError if a name is not of the form `step.<k>.<draw>` or a step is missing; SafetensorsError
 *   if the file is damaged.
 */
export function readTapes(path: string): { tapes: Tape[]; metadata: Readonly<Record<string, string>> } {
  const file = openSafetensors(path);
  try {
    const steps = new Map<number, Map<string, DrawnValues>>();
    for (const name of file.names) {
      const match = /^step\.(\d+)\.(.+)$/.exec(name);
      if (!match)
        throw new TapeError(`${path}: tensor ${name} is not named step.<k>.<draw>; is this a tape?`);
      const step = Number(match[1]);
      const draws = steps.get(step) ?? new Map<string, DrawnValues>();
      draws.set(match[2]!, { shape: file.info(name).shape, data: file.read(name) as DrawnValues['data'] });
      steps.set(step, draws);
    }
    const tapes = Array.from({ length: steps.size }, (_, step) => {
      const draws = steps.get(step);
      if (!draws) throw new TapeError(`${path}: step ${step} is missing among ${steps.size} steps`);
      return new Tape(draws, step);
    });
    if (tapes.length === 0) throw new TapeError(`${path}: the tape is empty`);
    return { tapes, metadata: file.metadata };
  } finally {
    file.close();
  }
}

function arraysOf(
  tapes: readonly Tape[],
  values: (tape: Tape) => ReadonlyMap<string, DrawnValues>,
): Record<string, TensorData> {
  const dtypes = new Map<Function, TensorData['dtype']>([
    [Float32Array, 'F32'],
    [Int32Array, 'I32'],
    [Int16Array, 'I16'],
    [Uint8Array, 'U8'],
  ]);
  return Object.fromEntries(
    tapes.flatMap((tape) =>
      [...values(tape)].map(([name, { shape, data }]) => [
        `step.${tape.step}.${name}`,
        { dtype: dtypes.get(data.constructor)!, shape, data },
      ]),
    ),
  );
}
