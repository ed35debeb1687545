import { openSafetensors, writeSafetensors, type TensorData } from '@concord/safetensors';
import type { Draw, DrawnValues } from './draws.js';
import { Tape, TapeError } from './tape.js';

/** The tapes of one kind of bag, and what their names in a file begin with. */
export interface TapeGroup {
  /** `step` for whole bags. */
  readonly prefix: string;
  readonly tapes: readonly Tape[];
}

/**
 * Write tapes to one safetensors file, each draw under `<prefix>.<k>.<name>`.
 *
 * @param metadata text by name, kept in the file's header (seed, sizes, versions).
 */
export async function writeTapes(
  path: string,
  groups: readonly TapeGroup[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const arrays = groups.map(({ prefix, tapes }) => arraysOf(prefix, tapes, (tape) => tape.draws));
  await writeSafetensors(path, Object.assign({}, ...arrays) as Record<string, TensorData>, metadata);
}

/** Write the discrete decisions that were taken on these tapes, under `step.<k>.<name>`. */
export async function writeDecisions(path: string, tapes: readonly Tape[]): Promise<void> {
  await writeSafetensors(
    path,
    arraysOf('step', tapes, (tape) => tape.decisions),
  );
}

/**
 * Read the tapes of one group from a file.
 *
 * @returns one tape for each step, in order; none if the file has no such group.
 * @throws TapeError if a step is missing or the file holds no draws at all; SafetensorsError if it is damaged.
 */
export function readTapes(path: string, prefix = 'step'): Tape[] {
  const file = openSafetensors(path);
  try {
    const steps = new Map<number, Map<string, DrawnValues>>();
    for (const name of file.names) {
      const match = /^(.*\bstep)\.(\d+)\.(.+)$/.exec(name);
      if (!match)
        throw new TapeError(`${path}: tensor ${name} is not named step.<k>.<draw>; is this a tape?`);
      if (match[1] !== prefix) continue;
      const step = Number(match[2]);
      const draws = steps.get(step) ?? new Map<string, DrawnValues>();
      draws.set(match[3]!, { shape: file.info(name).shape, data: file.read(name) as DrawnValues['data'] });
      steps.set(step, draws);
    }
    if (file.names.length === 0) throw new TapeError(`${path}: the tape is empty`);
    return Array.from({ length: steps.size }, (_, step) => {
      const draws = steps.get(step);
      if (!draws) throw new TapeError(`${path}: step ${step} is missing among ${steps.size} steps`);
      return new Tape(draws, step);
    });
  } finally {
    file.close();
  }
}

/**
 * Check that a tape holds what a step needs, before anything is computed on it.
 *
 * @throws TapeError naming file, step, draw, and both shapes.
 */
export function requireDraws(path: string, tape: Tape, draws: readonly Draw[]): void {
  for (const { name, shape } of draws) {
    const drawn = tape.draws.get(name);
    const at = `${path}: step ${tape.step}`;
    if (!drawn)
      throw new TapeError(`${at} has no draw ${name}; it was written for other modules or cut short`);
    if (drawn.shape.join() !== shape.join()) {
      throw new TapeError(
        `${at}: draw ${name} has shape [${drawn.shape.join(', ')}], this run needs [${shape.join(', ')}]; ` +
          'it was written for other bags',
      );
    }
  }
}

function arraysOf(
  prefix: string,
  tapes: readonly Tape[],
  values: (tape: Tape) => ReadonlyMap<string, DrawnValues>,
): Record<string, TensorData> {
  return Object.fromEntries(
    tapes.flatMap((tape) =>
      [...values(tape)].map(([name, { shape, data }]) => [
        `${prefix}.${tape.step}.${name}`,
        { dtype: dtypeOf(data), shape, data },
      ]),
    ),
  );
}

function dtypeOf(data: DrawnValues['data']): TensorData['dtype'] {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Int32Array) return 'I32';
  return data instanceof Int16Array ? 'I16' : 'U8';
}
