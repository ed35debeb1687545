const FLOAT32_ULP = 2 ** -23;

/**
 * Fail unless every number is within `ulps` float32 units of the reference, counted at the reference's
 * scale (its largest magnitude). NaN equals only NaN, an infinity only itself.
 *
 * @param name of the quantity, for the message.
 */
export function expectClose(
  name: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  ulps: number,
): void {
  if (actual.length !== expected.length) {
    throw new Error(`${name}: ${actual.length} numbers, expected ${expected.length}`);
  }
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    if (Number.isFinite(expected[i])) scale = Math.max(scale, Math.abs(expected[i]!));
  }
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!];
    if (Object.is(a, e) || a === e) continue;
    const gap = Math.abs(a - e) / (scale * FLOAT32_ULP);
    if (!(gap <= ulps)) {
      throw new Error(`${name}[${i}]: ${a}, expected ${e}: ${gap.toFixed(1)} float32 units, limit ${ulps}`);
    }
  }
}
