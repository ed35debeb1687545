import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openSafetensors, writeSafetensors, type TensorData } from '@concord/safetensors';
import type { History } from './history.js';
import type { Position } from './plan.js';
import type { StackState } from './stack.js';
import { DivergedError, TrainingError } from './trainingError.js';

const SCHEMA = 'concord.checkpoint/1';
const NAME = /^checkpoint-(\d+)\.safetensors$/;
/** The one before is there for when the last one is damaged. */
const KEPT = 2;

/** Everything by which a training goes on as if it had never stopped. */
export interface Checkpoint {
  /** Of the configuration: a checkpoint of another run is refused. */
  readonly hash: string;
  /** The order of cases, their patches and tapes are functions of seed and position. */
  readonly position: Position;
  readonly history: History;
  readonly state: StackState;
  /** Weights of the best epoch so far, where training may stop early. */
  readonly best?: { readonly epoch: number; readonly state: StackState };
}

/**
 * Write a checkpoint as one safetensors file, whole or not at all, and let go of all but the last two.
 *
 * @returns its path.
 * @throws DivergedError if a weight is not finite; nothing is written then, and the last good one stays.
 *   TrainingError if it cannot be written, saying why (a full disk), with the ones before left as they are.
 */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<string> {
  const { hash, position, history, state, best } = checkpoint;
  requireFiniteState(state);
  const tensors: Record<string, TensorData> = {
    'history.losses': named(Float64Array.from(history.losses)),
    ...prefixed('state', state),
    ...(best && prefixed('best', best.state)),
  };
  const about = JSON.stringify({
    ...{ schema: SCHEMA, hash, position, epochs: history.epochs },
    ...(best && { bestEpoch: best.epoch }),
  });
  const path = join(folder, `checkpoint-${String(history.losses.length).padStart(8, '0')}.safetensors`);
  try {
    mkdirSync(folder, { recursive: true });
    await writeSafetensors(path, tensors, { about, digest: digestOf(about, tensors) });
  } catch (error) {
    throw new TrainingError(
      `the checkpoint ${path} cannot be written: ${(error as Error).message}; earlier ones are left as they are`,
      { cause: error },
    );
  }
  for (const old of listCheckpoints(folder).slice(KEPT)) rmSync(old, { force: true });
  return path;
}

/**
 * The last checkpoint of a run that is whole. Drafts that a kill left are removed: one process works in a folder.
 *
 * @param note hears of each one that is damaged and passed over.
 * @returns undefined if there is none.
 * @throws TrainingError if it is of another configuration.
 */
export function lastCheckpoint(
  folder: string,
  hash: string,
  note: (text: string) => void,
): Checkpoint | undefined {
  clearDrafts(folder);
  const paths = listCheckpoints(folder);
  for (const path of paths) {
    let found: Checkpoint;
    try {
      found = readCheckpoint(path);
    } catch (error) {
      const next =
        path === paths.at(-1) ? 'there is none before it: starting over' : 'going back to the one before';
      note(`${path} is damaged (${(error as Error).message}); ${next}`);
      continue;
    }
    if (found.hash === hash) return found;
    throw new TrainingError(
      `${path} belongs to a run of another configuration; give this one another folder, or the same options`,
    );
  }
  return undefined;
}

/** @throws TrainingError or SafetensorsError if the file is not what was written. */
export function readCheckpoint(path: string): Checkpoint {
  const file = openSafetensors(path);
  try {
    const tensors = Object.fromEntries(
      file.names.map((name): [string, TensorData] => {
        const { dtype, shape } = file.info(name);
        return [name, { dtype, shape, data: file.read(name) }];
      }),
    );
    const { about = '', digest = '' } = file.metadata;
    if (digestOf(about, tensors) !== digest) throw new TrainingError('its digest is not that of its numbers');
    const { hash, position, epochs, bestEpoch } = JSON.parse(about) as {
      readonly hash: string;
      readonly position: Position;
      readonly epochs: History['epochs'];
      readonly bestEpoch?: number;
    };
    return {
      ...{ hash, position },
      history: { losses: Array.from(tensors['history.losses']!.data as Float64Array), epochs },
      state: unprefixed('state', tensors),
      ...(bestEpoch !== undefined && { best: { epoch: bestEpoch, state: unprefixed('best', tensors) } }),
    };
  } finally {
    file.close();
  }
}

/** What a killed process was writing when it was killed. */
function clearDrafts(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.partial')) rmSync(join(folder, name), { force: true });
  }
}

/** Paths, the last one first. */
export function listCheckpoints(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => NAME.test(name))
    .sort()
    .reverse()
    .map((name) => join(folder, name));
}

function requireFiniteState(state: StackState): void {
  for (const [name, { data }] of Object.entries(state)) {
    if (data instanceof Float32Array || data instanceof Float64Array) {
      if (data.every(Number.isFinite)) continue;
      throw new DivergedError(
        `${name} holds NaN or infinity; the training has diverged and this state was not written. ` +
          'Lower the learning rate',
      );
    }
  }
}

/** SHA-256 over the text and every tensor's name, type, shape and bytes. */
function digestOf(about: string, tensors: Readonly<Record<string, TensorData>>): string {
  const digest = createHash('sha256').update(about);
  for (const name of Object.keys(tensors).sort()) {
    const { dtype, shape, data } = tensors[name]!;
    digest.update(`\n${name} ${dtype} ${shape.join()}\n`);
    digest.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return digest.digest('hex');
}

function named(data: Float64Array): TensorData {
  return { dtype: 'F64', shape: [data.length], data };
}

function prefixed(prefix: string, state: StackState): StackState {
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [`${prefix}.${name}`, value]));
}

function unprefixed(prefix: string, tensors: StackState): StackState {
  return Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(`${prefix}.`))
      .map(([name, value]) => [name.slice(prefix.length + 1), value]),
  );
}
