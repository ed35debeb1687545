/** Powers of ten that float64 holds exactly. */
const EXACT = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/**
 * The number that these bytes spell, or NaN if they spell none; empty is none. Exactly what `Number` makes of
 * the text: up to 15 digits over a power of ten that float64 holds are one correctly rounded division, anything
 * else is left to `Number`.
 *
 * @source Clinger 1990, "How to read floating point numbers accurately".
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const negative = bytes[at] === 0x2d;
  if (negative) at += 1;
  let [digits, value, fraction] = [0, 0, -1];
  for (; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits += 1;
    } else if (bytes[at] === 0x2e && fraction < 0) fraction = digits;
    else break;
  }
  if (at < end || digits === 0 || digits > 15) return general(bytes, start, end);
  const decimals = fraction < 0 ? 0 : digits - fraction;
  const size = value / EXACT[decimals]!;
  return negative ? -size : size;
}

function general(bytes: Uint8Array, start: number, end: number): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  return /^\s*$/.test(text) ? NaN : Number(text);
}
