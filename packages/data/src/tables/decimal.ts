const [MINUS, POINT, ZERO] = [0x2d, 0x2e, 0x30];
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
  const negative = bytes[at] === MINUS;
  if (negative) at += 1;
  // Nine digits fit in 32 bits, and nearly all cells of tables have no more.
  if (end - at > 10) return longDecimal(bytes, start, end);
  let whole = 0;
  let digits = 0;
  let point = -1;
  for (; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit >= 0 && digit <= 9) {
      whole = (Math.imul(whole, 10) + digit) | 0;
      digits += 1;
    } else if (bytes[at] === POINT && point < 0) point = digits;
    else return general(bytes, start, end);
  }
  if (digits === 0 || digits > 9) return general(bytes, start, end);
  const size = point < 0 ? whole : whole / EXACT[digits - point]!;
  return negative ? -size : size;
}

/** As `parseDecimal`, for what does not fit in 32 bits. */
function longDecimal(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === MINUS;
  let value = 0;
  let digits = 0;
  let point = -1;
  let at = negative ? start + 1 : start;
  for (; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits += 1;
    } else if (bytes[at] === POINT && point < 0) point = digits;
    else break;
  }
  if (at < end || digits === 0 || digits > 15) return general(bytes, start, end);
  const size = value / EXACT[point < 0 ? 0 : digits - point]!;
  return negative ? -size : size;
}

function general(bytes: Uint8Array, start: number, end: number): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  return /^\s*$/.test(text) ? NaN : Number(text);
}
