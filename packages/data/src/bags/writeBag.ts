import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { createSafetensors, type Dtype, type TensorPlan } from '@concord/safetensors';
import type { BagFile } from './bagFile.js';
import { BagError } from './bagError.js';
import type { FloatType } from './floatType.js';
import { requireFinite, slabsOf } from './slabs.js';

/** Formats that bags are written in. */
export type WrittenFormat = 'safetensors' | 'npy';

export interface WriteOptions {
  /** Default `keep`: the source's dtype; `float32` widens 16-bit numbers and rounds float64. */
  readonly dtype?: 'keep' | 'float32';
  readonly signal?: AbortSignal;
}

export const SAFETENSORS_DTYPES: Readonly<Record<FloatType, Dtype>> = {
  float16: 'F16',
  bfloat16: 'BF16',
  float32: 'F32',
  float64: 'F64',
};

/**
 * Write a bag in another format, slab by slab: into a temporary neighbour first, which takes the name when all
 * of it is on disk.
 *
 * safetensors holds `features`, `coords` where there are some, and the attributes as metadata. NumPy's form
 * holds the features; coordinates go to `<name>.coords.npy` beside it, attributes are lost, and bfloat16, which
 * NumPy does not have, is widened to float32.
 *
 * @throws BagError if the bag is damaged or not finite, with nothing left behind.
 */
export async function writeBag(
  bag: BagFile,
  path: string,
  format: WrittenFormat,
  options: WriteOptions = {},
): Promise<void> {
  const widened = options.dtype === 'float32' || (format === 'npy' && bag.dtype === 'bfloat16');
  const dtype = widened ? 'float32' : bag.dtype;
  if (format === 'safetensors') await writeAsSafetensors(bag, path, dtype, options.signal);
  else await writeAsNpy(bag, path, dtype, options.signal);
}

async function writeAsSafetensors(bag: BagFile, path: string, dtype: FloatType, signal?: AbortSignal) {
  const coords = bag.coords && packCoords(bag.coords());
  const plan: Record<string, TensorPlan> = {
    features: { dtype: SAFETENSORS_DTYPES[dtype], shape: [bag.rows, bag.width] },
    ...(coords && { coords: { dtype: coords.whole ? 'I64' : 'F64', shape: [bag.rows, 2] } }),
  };
  const texts = Object.entries(bag.attributes).map(([name, value]) => [name, String(value)] as const);
  const file = await createSafetensors(path, plan, Object.fromEntries(texts));
  try {
    await copyRows(bag, dtype, (bytes) => file.write(bytes), signal);
    if (coords) await file.write(coords.bytes);
    await file.finish();
  } catch (error) {
    await file.abort();
    throw error;
  }
}

/** Rows in that dtype, checked to be finite, one slab after the other. */
export async function copyRows(
  bag: BagFile,
  dtype: FloatType,
  write: (bytes: Uint8Array) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  for await (const slab of slabsOf(bag, signal)) {
    requireFinite(bag, slab);
    const { values, raw } = slab;
    await write(
      dtype === bag.dtype ? raw : new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    );
  }
}

/** Pixels as whole numbers, micrometres as they are. */
export function packCoords(coords: Float64Array): { bytes: Uint8Array; whole: boolean } {
  const whole = coords.every(Number.isSafeInteger);
  const array = whole ? BigInt64Array.from(coords, BigInt) : coords;
  return { bytes: new Uint8Array(array.buffer, array.byteOffset, array.byteLength), whole };
}

const NPY_DTYPES: Partial<Record<FloatType, string>> = { float16: '<f2', float32: '<f4', float64: '<f8' };

async function writeAsNpy(bag: BagFile, path: string, dtype: FloatType, signal?: AbortSignal) {
  const { rows, width } = bag;
  if (bag.coords) {
    const { bytes, whole } = packCoords(bag.coords());
    const beside = `${path.replace(/\.npy$/, '')}.coords.npy`;
    await writeWhole(beside, async (write) => {
      await write(npyHeader(whole ? '<i8' : '<f8', [rows, 2]));
      await write(bytes);
    });
  }
  await writeWhole(path, async (write) => {
    await write(npyHeader(NPY_DTYPES[dtype]!, [rows, width]));
    await copyRows(bag, dtype, write, signal);
  });
}

/** Version 1.0; the numbers begin at a multiple of 64 bytes. @source numpy/lib/_format_impl.py. */
export function npyHeader(descr: string, [rows, width]: readonly [number, number]): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${rows}, ${width}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const header = Buffer.alloc(length, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(length - 10, 8);
  header.write(text, 10, 'latin1');
  header.write('\n', length - 1);
  return header;
}

async function writeWhole(
  path: string,
  fill: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  const partial = `${path}.${randomBytes(6).toString('hex')}.partial`;
  const file = await open(partial, 'wx').catch((error: NodeJS.ErrnoException) => {
    throw new BagError('unreadable', path, `cannot be written (${error.code}); name another folder`);
  });
  try {
    await fill(async (bytes) => {
      for (let done = 0; done < bytes.length;) done += (await file.write(bytes, done)).bytesWritten;
    });
    await file.sync();
    await file.close();
    await rename(partial, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  }
}
