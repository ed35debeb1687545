import { randomBeta } from 'd3-random';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** One named random draw of a training step: what it is, and its shape. */
export type Draw = {
  /** Drawn once for all cases of a batch. */
  readonly shared?: true;
} & (
  | { readonly name: string; readonly kind: 'keep'; readonly shape: readonly number[]; readonly p: number }
  | { readonly name: string; readonly kind: 'uniform'; readonly shape: readonly number[] }
  | { readonly name: string; readonly kind: 'normal'; readonly shape: readonly number[] }
  | {
      readonly name: string;
      readonly kind: 'beta';
      readonly shape: readonly number[];
      readonly alpha: number;
    }
  | { readonly name: string; readonly kind: 'permutation'; readonly shape: readonly [number] }
  | { readonly name: string; readonly kind: 'index'; readonly shape: readonly [1]; readonly below: number }
);

/** A draw with its values: `keep` as 0/1 bytes, permutations and indices as int32, the rest as float32. */
export interface DrawnValues {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array | Int16Array;
}

/**
 * Draw the values of one named draw. Each name has its own stream, so adding a draw moves no other.
 *
 * @param seed of the run. @param step of the optimiser, from 0.
 */
export function drawValues(draw: Draw, seed: number, step: number): DrawnValues {
  const stream = `${seed}/${step}/${draw.name}`;
  const count = draw.shape.reduce((product, n) => product * n, 1);
  const uniform = uniformStream(stream);
  switch (draw.kind) {
    case 'keep': {
      return { shape: draw.shape, data: keepMask(count, draw.p, streamSeed(stream)) };
    }
    case 'uniform':
      return { shape: draw.shape, data: filled(count, uniform) };
    case 'normal':
      return { shape: draw.shape, data: normals(count, uniform) };
    case 'beta':
      return { shape: draw.shape, data: filled(count, randomBeta.source(uniform)(draw.alpha, draw.alpha)) };
    case 'permutation':
      return { shape: draw.shape, data: shuffled(count, uniform) };
    case 'index':
      return { shape: draw.shape, data: Int32Array.of(Math.floor(uniform() * draw.below)) };
  }
}

/**
 * Two values from each number drawn, 16 bits for each: p is met to 2⁻¹⁷. The sign of the difference to the
 * threshold is taken as it is: a branch that no processor can predict takes three times as long.
 */
function keepMask(count: number, p: number, seed: number): Uint8Array {
  const generator = xoroshiro128plus(seed);
  const threshold = Math.round(p * 2 ** 16);
  const data = new Uint8Array(count + (count & 1));
  for (let i = 0; i < count; i += 2) {
    const drawn = generator.next();
    data[i] = ~((drawn >>> 16) - threshold) >>> 31;
    data[i + 1] = ~((drawn & 0xffff) - threshold) >>> 31;
  }
  return data.subarray(0, count);
}

/** Uniform numbers in [0, 1) of 24 bits each: exact in float32, so every stack compares the same number. */
export function uniformStream(name: string): () => number {
  const generator = xoroshiro128plus(streamSeed(name));
  return () => (generator.next() >>> 8) * 2 ** -24;
}

/** A loop takes an eighth of the time of `Float32Array.from`. */
function filled(count: number, draw: () => number): Float32Array {
  const data = new Float32Array(count);
  for (let i = 0; i < count; i++) data[i] = draw();
  return data;
}

/** Marsaglia's polar method, two numbers at once: d3-random's, one by one, takes eight times as long. */
function normals(count: number, uniform: () => number): Float32Array {
  const data = new Float32Array(count + (count & 1));
  for (let i = 0; i < count; i += 2) {
    let [x, y, square] = [0, 0, 0];
    while (square === 0 || square >= 1) {
      x = 2 * uniform() - 1;
      y = 2 * uniform() - 1;
      square = x * x + y * y;
    }
    const radius = Math.sqrt((-2 * Math.log(square)) / square);
    data[i] = x * radius;
    data[i + 1] = y * radius;
  }
  return data.subarray(0, count);
}

/** Fisher-Yates. */
function shuffled(count: number, uniform: () => number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    const moved = order[i]!;
    order[i] = order[j]!;
    order[j] = moved;
  }
  return order;
}

/** FNV-1a over the stream's name, finished by murmur3's mixer so that close names give far seeds. */
function streamSeed(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
