import type { Tensor } from '@tensorflow/tfjs-core';

/** A tensor has not the shape that its reader needs; the message prints every axis. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/**
 * Check a tensor's axes once, at the door.
 *
 * @param axes one entry per axis: a number must match, a name stands for any length.
 * @param where what is being checked, for the message: `linear(input)`.
 * @returns the shape.
 * @throws ShapeError that prints expected and given axes.
 */
export function requireShape(
  tensor: Pick<Tensor, 'shape'>,
  axes: readonly (number | string)[],
  where: string,
): number[] {
  const { shape } = tensor;
  const fits =
    shape.length === axes.length && axes.every((axis, i) => typeof axis === 'string' || axis === shape[i]);
  if (!fits) {
    throw new ShapeError(`${where}: expected [${axes.join(', ')}], got [${shape.join(', ')}]`);
  }
  return shape;
}
