import { asBag, type BagAttribute, type BagFile, type BagFormat } from './bagFile.js';
import { BagError } from './bagError.js';
import { COORD_BYTES, decodeCoords, requireCoords, type CoordType } from './coords.js';
import { openBytes, type FileBytes } from './fileBytes.js';
import { FLOAT_BYTES, type FloatType } from './floatType.js';
import { readDataset, type Hdf5Dataset } from './hdf5Dataset.js';
import { readRootLinks } from './hdf5Objects.js';
import { hdf5Rows } from './hdf5Rows.js';
import { hdf5Service, type Hdf5Attributes } from './hdf5Service.js';
import { COORD_NAMES, findFeatures, matrixShape } from './matrixShape.js';

/**
 * Features in HDF5, as CLAM, TRIDENT and STAMP write them. Attributes of the file, of the coordinates and of the
 * features are one table; where a name repeats, the features' wins, then the coordinates'.
 *
 * @param dataset which dataset holds the features.
 */
export function openHdf5Bag(path: string, dataset?: string): BagFile {
  const file = openBytes(path);
  try {
    const links = readRootLinks(file);
    const name = findFeatures(path, [...links.keys()], dataset);
    const features = readDataset(file, name, links.get(name)!);
    const coordsName = COORD_NAMES.find((other) => links.has(other));
    const [rows, width] = matrixShape(path, features.shape);
    const { dtype, typeName } = features;
    if (!isFloat(dtype)) {
      throw new BagError('not-floating', path, `${name} is ${typeName}; expected a floating-point dtype`);
    }
    const coords = coordsName ? coordsReader(file, coordsName, links.get(coordsName)!, rows) : undefined;
    const described = hdf5Service.describe(path, coordsName ? [name, coordsName] : [name]);
    return asBag({
      path,
      format: formatOf(name, described, coordsName),
      source: { dtype, rows, width, readRaw: hdf5Rows(file, features, hdf5Service) },
      attributes: present({
        ...described['/'],
        ...(coordsName && described[coordsName]),
        ...described[name],
      }),
      coords,
      close: () => file.close(),
    });
  } catch (error) {
    file.close();
    throw error;
  }
}

function coordsReader(file: FileBytes, name: string, at: number, rows: number): () => Float64Array {
  const coords: Hdf5Dataset = readDataset(file, name, at);
  requireCoords(file.path, coords.shape, rows);
  const { dtype, typeName, bytes } = coords;
  if (!isCoord(dtype)) throw new BagError('unsupported', file.path, `${name} is ${typeName}`);
  const readRaw = hdf5Rows(file, coords, hdf5Service);
  return () => {
    const raw = new Uint8Array(2 * rows * bytes);
    readRaw({ first: 0, count: rows }, raw);
    return decodeCoords(dtype, raw);
  };
}

function formatOf(name: string, described: Hdf5Attributes, coords: string | undefined): BagFormat {
  if (name === 'feats') return 'stamp-h5';
  const trident =
    'encoder' in (described[name] ?? {}) || 'patch_size_level0' in (described[coords ?? ''] ?? {});
  return trident ? 'trident-h5' : 'clam-h5';
}

/** TRIDENT writes the text `None` for what it does not know. */
function present(attributes: Readonly<Record<string, BagAttribute>>): Record<string, BagAttribute> {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== 'None'));
}

function isFloat(dtype: string | undefined): dtype is FloatType {
  return dtype !== undefined && Object.hasOwn(FLOAT_BYTES, dtype);
}

function isCoord(dtype: string | undefined): dtype is CoordType {
  return dtype !== undefined && Object.hasOwn(COORD_BYTES, dtype);
}
