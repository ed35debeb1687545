import { crc32 } from 'node:zlib';
import { BagError } from './bagError.js';
import { swapBytes } from './floatType.js';
import { readPiece, type FileBytes } from './fileBytes.js';
import { openTorch, type TorchDtype, type TorchTensor } from './torchFile.js';
import { checksumError } from './zipMembers.js';

/** Numbers of a tensor; 16-bit floats stay raw bits, `widen` makes float32 of them. */
export type TorchArray =
  | Float32Array
  | Float64Array
  | Uint16Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array;

/** One entry of a state dict. */
export interface StateTensor {
  readonly dtype: TorchDtype;
  readonly shape: readonly number[];
  /** In C order, whatever view was saved. */
  readonly data: TorchArray;
}

/** Views that repeat numbers may not blow a small file up. */
const MAX_BYTES = 2 ** 32;

/**
 * Read the tensors of a file of torch.save: a state dict, or any dictionaries that hold tensors. Nothing of the
 * file is executed.
 *
 * @returns tensors by name in the file's order, nested names joined by dots; values that are no tensors are
 *   left out.
 * @throws BagError as `openTorch`, or if there is no named tensor.
 */
export async function readStateDict(path: string): Promise<Map<string, StateTensor>> {
  const torch = await openTorch(path);
  try {
    if (torch.tensors.size === 0) {
      const what = torch.single ? 'is a bare tensor' : 'holds no tensor by name';
      throw new BagError('no-features', path, `${what}; a state dict is a dictionary of tensors`);
    }
    const total = [...torch.tensors.values()].reduce((sum, tensor) => sum + byteLength(tensor), 0);
    if (total > Math.max(MAX_BYTES, 4 * torch.file.size) || total > 64 * torch.file.size + 2 ** 24) {
      throw new BagError('hostile', path, `its views repeat ${torch.file.size} bytes up to ${total}`);
    }
    const storages = new Map<string, Uint8Array>();
    return new Map(
      [...torch.tensors].map(([name, tensor]) => [name, readTensor(torch.file, tensor, storages)]),
    );
  } finally {
    torch.close();
  }
}

function byteLength({ shape, bytes }: TorchTensor): number {
  return shape.reduce((product, n) => product * n, bytes);
}

/**
 * One tensor's numbers in C order.
 *
 * @param storages keeps the bytes of storages that several tensors share.
 * @throws BagError if the storage has not the checksum that was written with it.
 */
export function readTensor(
  file: FileBytes,
  tensor: TorchTensor,
  storages = new Map<string, Uint8Array>(),
): StateTensor {
  const { dtype, shape, strides, bytes, storage, bigEndian } = tensor;
  let raw = storages.get(storage.name);
  if (!raw) {
    raw = readPiece(file, storage.position, storage.size);
    if (crc32(raw) !== storage.crc32) throw checksumError(file.path, storage.name);
    storages.set(storage.name, raw);
  }
  const result = new Uint8Array(byteLength(tensor));
  copyView(raw, tensor.offset * bytes, result, shape, strides, bytes);
  if (bigEndian) swapBytes(result, bytes);
  return { dtype, shape, data: asArray(dtype, result) };
}

/** Copy a strided view to C order, axis by axis; a row that lies in one piece goes at once. */
function copyView(
  from: Uint8Array,
  offset: number,
  into: Uint8Array,
  shape: readonly number[],
  strides: readonly number[],
  bytes: number,
): void {
  let at = 0;
  const visit = (axis: number, position: number): void => {
    const [length, stride] = [shape[axis] ?? 1, strides[axis] ?? 1];
    if (axis >= shape.length - 1 && stride === 1) {
      into.set(from.subarray(position, position + length * bytes), at);
      at += length * bytes;
      return;
    }
    for (let i = 0; i < length; i += 1) {
      const next = position + i * stride * bytes;
      if (axis < shape.length - 1) visit(axis + 1, next);
      else {
        into.set(from.subarray(next, next + bytes), at);
        at += bytes;
      }
    }
  };
  if (into.length > 0) visit(0, offset);
}

function asArray(dtype: TorchDtype, { buffer }: Uint8Array<ArrayBuffer>): TorchArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer);
    case 'float64':
      return new Float64Array(buffer);
    case 'float16':
    case 'bfloat16':
      return new Uint16Array(buffer);
    case 'int64':
      return new BigInt64Array(buffer);
    case 'int32':
      return new Int32Array(buffer);
    case 'int16':
      return new Int16Array(buffer);
    case 'int8':
      return new Int8Array(buffer);
    case 'uint8':
    case 'bool':
      return new Uint8Array(buffer);
  }
}
