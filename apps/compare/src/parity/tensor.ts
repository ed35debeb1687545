/** Numbers of a tensor as they lie in memory. */
export type Numbers =
  Float64Array | Float32Array | Int32Array | Int16Array | Int8Array | Uint32Array | Uint16Array | Uint8Array;

/** A tensor on the host, row by row; its dtype is that of its array. */
export interface HostTensor {
  readonly data: Numbers;
  readonly shape: readonly number[];
}

/** The dtype by its name in both stacks: `float32`, `int16`, … */
export function dtypeOf(data: Numbers): string {
  return data.constructor.name.replace('Array', '').toLowerCase();
}

/** Are two shapes the same, axis by axis? */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** Position of element `flat` of a tensor, one index for each axis. */
export function indexTuple(flat: number, shape: readonly number[]): number[] {
  const index = new Array<number>(shape.length);
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis]!;
    index[axis] = rest % length;
    rest = Math.floor(rest / length);
  }
  return index;
}
