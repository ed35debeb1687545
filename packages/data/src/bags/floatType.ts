/** The numbers that patch features are kept in. */
export type FloatType = 'float16' | 'bfloat16' | 'float32' | 'float64';

export const FLOAT_BYTES: Readonly<Record<FloatType, number>> = {
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
};

/**
 * Widen numbers to float32 exactly as `tensor.float()` does: 16-bit ones are exact, float64 is rounded to the
 * nearest, ties to even.
 *
 * @param raw little-endian bytes, at a multiple of the type's width in its buffer; host order is little-endian.
 * @param into as many float32 as `raw` holds numbers.
 */
export function widen(dtype: FloatType, raw: Uint8Array, into: Float32Array): void {
  const { buffer, byteOffset } = raw;
  const count = into.length;
  // Bits, not floats: a NaN passes through a register with its payload changed.
  const bits = new Uint32Array(into.buffer, into.byteOffset, count);
  switch (dtype) {
    case 'float32':
      bits.set(new Uint32Array(buffer, byteOffset, count));
      return;
    case 'bfloat16': {
      const words = new Uint16Array(buffer, byteOffset, count);
      for (let i = 0; i < count; i += 1) bits[i] = words[i]! << 16;
      return;
    }
    case 'float16': {
      const words = new Uint16Array(buffer, byteOffset, count);
      const table = (halves ??= halfTable());
      for (let i = 0; i < count; i += 1) bits[i] = table[words[i]!]!;
      return;
    }
    case 'float64':
      into.set(new Float64Array(buffer, byteOffset, count));
  }
}

let halves: Uint32Array | undefined;

/** float32 bits of all 65,536 halves: IEEE 754 binary16 has 5 exponent bits (bias 15) and 10 of fraction. */
function halfTable(): Uint32Array {
  const table = new Uint32Array(65_536);
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  for (let half = 0; half < 65_536; half += 1) {
    const sign = (half & 0x8000) << 16;
    const exponent = (half >>> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 31) {
      // Hardware makes a signalling NaN quiet as it widens it.
      table[half] = sign | 0x7f800000 | (fraction << 13) | (fraction ? 0x400000 : 0);
    } else if (exponent === 0) {
      float[0] = fraction * 2 ** -24;
      table[half] = sign | bits[0]!;
    } else {
      table[half] = sign | ((exponent + 112) << 23) | (fraction << 13);
    }
  }
  return table;
}

/** Turn numbers round in place, from big-endian to little-endian or back. @param width bytes a number. */
export function swapBytes(raw: Uint8Array, width: number): void {
  for (let i = 0; i < raw.length; i += width) raw.subarray(i, i + width).reverse();
}
