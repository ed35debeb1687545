import { randomNormal } from 'd3-random';
import { uniformStream } from './draws.js';
import type { NamedArray } from './parameters.js';

/** A source of uniform numbers in [0, 1). */
export type Uniform = () => number;

/** How a weight starts: from its inputs and outputs of one unit, a source of its numbers. */
export type InitialLaw = (fan: { in: number; out: number }, uniform: Uniform) => () => number;

/** The laws of initial weights that published code uses, under torch's names. */
export const INITIAL = {
  ones: () => () => 1,
  zeros: () => () => 0,
  /** torch's default for Linear and Conv, weight and bias: U(−1/√fanIn, 1/√fanIn). */
  linear: (fan, uniform) => symmetric(1 / Math.sqrt(fan.in), uniform),
  xavierUniform: (fan, uniform) => symmetric(Math.sqrt(6 / (fan.in + fan.out)), uniform),
  xavierNormal: (fan, uniform) => randomNormal.source(uniform)(0, Math.sqrt(2 / (fan.in + fan.out))),
  /** N(0, 1/fanIn), as self-normalising networks start. */
  selfNormalising: (fan, uniform) => randomNormal.source(uniform)(0, 1 / Math.sqrt(fan.in)),
  standardNormal: (_fan, uniform) => randomNormal.source(uniform)(0, 1),
  /** N(0, 10⁻¹²), as the class tokens of CMTA. */
  nearZero: (_fan, uniform) => randomNormal.source(uniform)(0, 1e-6),
  unitUniform: (_fan, uniform) => uniform,
} satisfies Record<string, InitialLaw>;

/**
 * Initial weights, each from a stream of its own.
 *
 * Unless `law` says otherwise: torch's default for Linear and Conv, whose bias goes by its weight's fan-in; 1
 * for the weight of a norm (one axis) and 0 for its bias.
 *
 * @param ragged weights that pack one matrix [out, nᵢ] for each pathway, transposed, one below the other: the
 *   nᵢ of each, which are its fan-ins.
 */
export function initialWeights(
  shapes: Readonly<Record<string, readonly number[]>>,
  seed: number,
  {
    law = () => undefined,
    ragged = {},
  }: {
    law?: (name: string) => InitialLaw | undefined;
    ragged?: Readonly<Record<string, readonly number[]>>;
  } = {},
): Record<string, NamedArray> {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, initial(name, shape)]));

  function initial(name: string, shape: readonly number[]): NamedArray {
    const uniform = uniformStream(`${seed}/weights/${name}`);
    const of = name.replace(/bias$/, 'weight');
    const sizes = ragged[of];
    const chosen = law(name) ?? defaultLaw(name, of);
    const data = sizes
      ? filledByPathway(shape, sizes, name === of, chosen, uniform)
      : filled(shape, chosen(fans(shapes[of] ?? shape), uniform));
    return { shape, data };
  }

  function defaultLaw(name: string, of: string): InitialLaw {
    if (shapes[of]?.length !== 1) return INITIAL.linear;
    return name === of ? INITIAL.ones : INITIAL.zeros;
  }
}

/** torch's fans of [out, in, …kernel], or of a stack [pathways, out, in] of such. */
function fans(shape: readonly number[]): { in: number; out: number } {
  if (shape.length === 3) return { in: shape[2]!, out: shape[1]! };
  const field = product(shape.slice(2));
  return { in: (shape[1] ?? 1) * field, out: shape[0]! * field };
}

function filledByPathway(
  shape: readonly number[],
  sizes: readonly number[],
  isWeight: boolean,
  law: InitialLaw,
  uniform: Uniform,
): Float32Array {
  const width = shape[1]!;
  const data = new Float32Array(product(shape));
  let at = 0;
  for (const size of sizes) {
    const next = law({ in: size, out: width }, uniform);
    for (const end = at + (isWeight ? size : 1) * width; at < end; at++) data[at] = next();
  }
  return data;
}

function filled(shape: readonly number[], next: () => number): Float32Array {
  const data = new Float32Array(product(shape));
  for (let i = 0; i < data.length; i++) data[i] = next();
  return data;
}

function symmetric(bound: number, uniform: Uniform): () => number {
  return () => (2 * uniform() - 1) * bound;
}

function product(shape: readonly number[]): number {
  return shape.reduce((all, n) => all * n, 1);
}
