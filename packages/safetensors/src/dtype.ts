/** What a tensor's numbers are kept in; the 16-bit floats stay raw, JavaScript has no type for them. */
export type TensorArray =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

interface ArrayOf {
  new (buffer: ArrayBuffer, byteOffset: number, length: number): TensorArray;
  readonly BYTES_PER_ELEMENT: number;
}

/** The dtypes of the format that Concord reads, and the array that holds each. */
export const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const satisfies Record<string, ArrayOf>;

export type Dtype = keyof typeof ARRAYS;

/** A tensor on its way to a file. */
export interface TensorData {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: TensorArray;
}
