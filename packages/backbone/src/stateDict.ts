import type { NamedArray } from '@concord/nn';

/** Weights that pack one matrix [out, n] for each number, transposed, one below the other: the n of each. */
export type Ragged = Readonly<Record<string, readonly number[]>>;

/** Weights under the names of a published state dict, none of them packed. */
export type StateDict = Readonly<Record<string, NamedArray>>;

/** A state dict is not that of the model. */
export class StateDictError extends Error {
  override readonly name = 'StateDictError';
}

/** The published state dict: packed weights apart, everything else as it is. */
export function toStateDict(
  weights: Readonly<Record<string, NamedArray>>,
  ragged: Ragged = {},
): Record<string, NamedArray> {
  const state: Record<string, NamedArray> = {};
  for (const [name, { shape, data }] of Object.entries(weights)) {
    for (const part of partsOf(name, shape, ragged)) {
      const own = data.slice(part.from, part.from + product(part.shape));
      const [out, n] = part.shape as [number, number];
      state[part.name] = { shape: part.shape, data: part.transposed ? transpose(own, n, out) : own };
    }
  }
  return state;
}

/**
 * The weights of a model out of a published state dict.
 *
 * @param shapes of the model, see `weightShapes` of a backbone.
 * @throws StateDictError naming what is missing, of another shape, or not the model's.
 */
export function fromStateDict(
  state: StateDict,
  shapes: Readonly<Record<string, readonly number[]>>,
  ragged: Ragged = {},
): Record<string, NamedArray> {
  const parts = Object.entries(shapes).map(([name, shape]) => ({
    ...{ name, shape },
    parts: partsOf(name, shape, ragged),
  }));
  demandFit(
    state,
    parts.flatMap((one) => one.parts),
  );
  return Object.fromEntries(
    parts.map(({ name, shape, parts: own }) => {
      const data = new Float32Array(product(shape));
      for (const part of own) {
        const given = state[part.name]!.data;
        const [out, n] = part.shape as [number, number];
        data.set(part.transposed ? transpose(given, out, n) : given, part.from);
      }
      return [name, { shape, data }];
    }),
  );
}

/** One entry of a state dict, and where its numbers lie in the packed weight. */
interface Part {
  readonly name: string;
  readonly shape: readonly number[];
  readonly from: number;
  readonly transposed: boolean;
}

function partsOf(name: string, shape: readonly number[], ragged: Ragged): Part[] {
  if (!name.includes('*')) return [{ name, shape, from: 0, transposed: false }];
  const numbered = (i: number): string => name.replace('*', String(i));
  const sizes = ragged[name];
  const [count, ...rest] = shape as [number, ...number[]];
  if (!sizes) {
    return Array.from({ length: count }, (_, i) => ({
      ...{ name: numbered(i), shape: rest, from: i * product(rest), transposed: false },
    }));
  }
  const out = rest[0]!;
  let row = 0;
  return sizes.map((n, i) => {
    const part = { name: numbered(i), shape: [out, n], from: row * out, transposed: true };
    row += n;
    return part;
  });
}

function demandFit(state: StateDict, parts: readonly Part[]): void {
  const known = new Set(parts.map(({ name }) => name));
  const problems = [
    ...parts.flatMap(({ name, shape }) => {
      const given = state[name]?.shape;
      if (!given) return [`${name} is missing`];
      if (given.join() === shape.join()) return [];
      return [`${name} has shape [${given.join(', ')}], the model's has [${shape.join(', ')}]`];
    }),
    ...Object.keys(state)
      .filter((name) => !known.has(name))
      .map((name) => `${name} is none of the model's`),
  ];
  if (problems.length === 0) return;
  const more = problems.length > 5 ? `; and ${problems.length - 5} more` : '';
  throw new StateDictError(`the state dict does not fit: ${problems.slice(0, 5).join('; ')}${more}`);
}

/** Of [rows, columns]. */
function transpose(data: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) turned[j * rows + i] = data[i * columns + j]!;
  }
  return turned;
}

function product(shape: readonly number[]): number {
  return shape.reduce((all, n) => all * n, 1);
}
