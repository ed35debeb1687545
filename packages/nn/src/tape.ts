import * as tf from '@tensorflow/tfjs-core';
import { drawValues, type Draw, type DrawnValues } from './draws.js';

/** A tape lacks a draw, or holds it in another shape than its reader needs. */
export class TapeError extends Error {
  override readonly name = 'TapeError';
}

/** What a model sees of the tape: the draws of one step, and a place for its discrete decisions. */
export interface TapeReader {
  /** The draw as a tensor, owned by the tape; `keep` draws as float32 0/1. */
  read(name: string, shape?: readonly number[]): tf.Tensor;
  /** The draw as it was drawn, on the host. */
  values(name: string): DrawnValues['data'];
  /**
   * Record a discrete decision that was taken from real-valued data (a rank order, an adaptive mask),
   * so that another stack can replay it and judge whether its own arithmetic admits it.
   */
  decide(name: string, data: Int16Array | Uint8Array, shape: readonly number[]): void;
}

/**
 * The random draws of one training step, each a named array: the same tape read by two stacks gives the
 * same masks, permutations and mixing weights, without two generators having to agree.
 */
export class Tape implements TapeReader {
  readonly decisions = new Map<string, DrawnValues>();
  private readonly tensors = new Map<string, tf.Tensor>();

  /** @param step for messages. */
  constructor(
    readonly draws: ReadonlyMap<string, DrawnValues>,
    readonly step: number,
  ) {}

  read(name: string, shape?: readonly number[]): tf.Tensor {
    const drawn = this.drawn(name);
    if (shape && !sameShape(shape, drawn.shape)) {
      throw new TapeError(
        `tape, step ${this.step}: draw ${name} has shape [${drawn.shape.join(', ')}], its reader needs [${shape.join(', ')}]`,
      );
    }
    let tensor = this.tensors.get(name);
    if (!tensor) {
      tensor = tf.keep(tensorOf(drawn));
      this.tensors.set(name, tensor);
    }
    return tensor;
  }

  values(name: string): DrawnValues['data'] {
    return this.drawn(name).data;
  }

  decide(name: string, data: Int16Array | Uint8Array, shape: readonly number[]): void {
    this.decisions.set(name, { data, shape });
  }

  /** Free the tensors that `read` made; the drawn values stay. */
  dispose(): void {
    for (const tensor of this.tensors.values()) tensor.dispose();
    this.tensors.clear();
  }

  private drawn(name: string): DrawnValues {
    const drawn = this.draws.get(name);
    if (!drawn) {
      const there = [...this.draws.keys()].join(', ') || 'nothing';
      throw new TapeError(`tape, step ${this.step}: no draw named ${name}; on the tape: ${there}`);
    }
    return drawn;
  }
}

/** Values from which on an operation turns a mask into numbers sooner than JavaScript. */
const LARGE = 2 ** 15;

/** Masks as float32 0/1, whole numbers as int32. */
function tensorOf({ data, shape }: DrawnValues): tf.Tensor {
  if (data instanceof Uint8Array) {
    if (data.length < LARGE) return tf.tensor(new Float32Array(data), [...shape], 'float32');
    return tf.tidy(() => tf.cast(tf.tensor(data, [...shape], 'bool'), 'float32'));
  }
  return data instanceof Float32Array
    ? tf.tensor(data, [...shape], 'float32')
    : tf.tensor(Int32Array.from(data), [...shape], 'int32');
}

/**
 * Draw a tape for one step.
 *
 * @param first tape of its batch, whose shared draws it takes over.
 * @throws TapeError if two draws share a name and differ in shape.
 */
export function drawTape(draws: readonly Draw[], seed: number, step: number, first?: Tape): Tape {
  const values = new Map<string, DrawnValues>();
  for (const draw of draws) {
    const known = values.get(draw.name);
    const shared = draw.shared && first?.draws.get(draw.name);
    if (!known) values.set(draw.name, shared || drawValues(draw, seed, step));
    else if (!sameShape(known.shape, draw.shape)) {
      throw new TapeError(`draw ${draw.name} is asked for in two shapes`);
    }
  }
  return new Tape(values, step);
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}
