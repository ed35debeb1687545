/** Number of values of these weights. */
export function parameterCount(shapes: Readonly<Record<string, readonly number[]>>): number {
  return Object.values(shapes)
    .map((shape) => shape.reduce((product, n) => product * n, 1))
    .reduce((sum, n) => sum + n, 0);
}
