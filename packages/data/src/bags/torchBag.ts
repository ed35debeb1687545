import { asBag, type BagFile } from './bagFile.js';
import { BagError } from './bagError.js';
import { checkedRows } from './checkedRows.js';
import { requireCoords } from './coords.js';
import type { FileBytes } from './fileBytes.js';
import type { FloatType } from './floatType.js';
import { COORD_NAMES, findFeatures, matrixShape } from './matrixShape.js';
import { readTensor } from './stateDict.js';
import { stridedRows } from './stridedRows.js';
import { openTorch, type TorchTensor } from './torchFile.js';

/**
 * Features as CLAM's `pt_files` have them: one tensor [patches, width]; a dictionary with `features` is read
 * as well.
 *
 * @param dataset which tensor of a dictionary holds the features.
 */
export async function openTorchBag(path: string, dataset?: string): Promise<BagFile> {
  const torch = await openTorch(path);
  try {
    const names = [...torch.tensors.keys()];
    const features = torch.single ?? torch.tensors.get(findFeatures(path, names, dataset))!;
    const coordsName = COORD_NAMES.find((name) => torch.tensors.has(name));
    const { source, verified } = matrixRows(torch.file, features);
    const coords = coordsName && coordsReader(torch.file, torch.tensors.get(coordsName)!, source.rows);
    return asBag({
      path,
      format: 'pt',
      source,
      ...(verified && { verified }),
      attributes: {},
      ...(coords && { coords }),
      close: () => torch.close(),
    });
  } catch (error) {
    torch.close();
    throw error;
  }
}

function matrixRows(file: FileBytes, tensor: TorchTensor) {
  const { dtype, shape, strides, offset, bytes, storage, bigEndian } = tensor;
  const [rows, width] = matrixShape(file.path, shape);
  if (!isFloat(dtype)) {
    throw new BagError('not-floating', file.path, `features are ${dtype}; expected a floating-point dtype`);
  }
  // An expanded tensor of one number may claim any size; no network writes features like that.
  if (rows * width * bytes > 8 * storage.size + 2 ** 24) {
    throw new BagError(
      'hostile',
      file.path,
      `its view repeats ${storage.size} bytes up to ${rows} × ${width}`,
    );
  }
  const begin = storage.position + offset * bytes;
  const across = width === 1 ? 1 : (strides[1] ?? 1);
  const down = rows === 1 ? width : (strides[0] ?? width);
  const source = stridedRows({ dtype, bigEndian, rows, width, strides: [down, across] }, (into, at) =>
    file.read(into, begin + at),
  );
  const whole = offset === 0 && across === 1 && down === width && rows * width * bytes === storage.size;
  const verified = whole && !bigEndian && checkedRows(source, file.path, storage, new Uint8Array());
  return { source, ...(verified && { verified }) };
}

function isFloat(dtype: string): dtype is FloatType {
  return ['float16', 'bfloat16', 'float32', 'float64'].includes(dtype);
}

function coordsReader(file: FileBytes, tensor: TorchTensor, rows: number): () => Float64Array {
  requireCoords(file.path, tensor.shape, rows);
  if (tensor.dtype === 'float16' || tensor.dtype === 'bfloat16') {
    throw new BagError('unsupported', file.path, `coords are ${tensor.dtype}, which holds no pixel position`);
  }
  return () => Float64Array.from<number | bigint>(readTensor(file, tensor).data, Number);
}
