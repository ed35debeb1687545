import { BagError } from './bagError.js';
import { openBytes, readPiece, type FileBytes } from './fileBytes.js';
import { isTensor, readPickle, type PickleValue, type TorchView } from './pickle.js';
import { listZip, readMember, type ZipMember } from './zipMembers.js';

/** Dtypes that torch.save keeps, by the class name of their storage. */
const STORAGES = {
  FloatStorage: { dtype: 'float32', bytes: 4 },
  HalfStorage: { dtype: 'float16', bytes: 2 },
  BFloat16Storage: { dtype: 'bfloat16', bytes: 2 },
  DoubleStorage: { dtype: 'float64', bytes: 8 },
  LongStorage: { dtype: 'int64', bytes: 8 },
  IntStorage: { dtype: 'int32', bytes: 4 },
  ShortStorage: { dtype: 'int16', bytes: 2 },
  CharStorage: { dtype: 'int8', bytes: 1 },
  ByteStorage: { dtype: 'uint8', bytes: 1 },
  BoolStorage: { dtype: 'bool', bytes: 1 },
} as const;

export type TorchDtype = (typeof STORAGES)[keyof typeof STORAGES]['dtype'];

/** A tensor of a torch archive, not read yet. */
export interface TorchTensor {
  readonly dtype: TorchDtype;
  /** Bytes of one number. */
  readonly bytes: number;
  readonly shape: readonly number[];
  /** In numbers; torch's views may have any, 0 included. */
  readonly strides: readonly number[];
  /** Numbers from the storage's beginning to the first one. */
  readonly offset: number;
  readonly bigEndian: boolean;
  /** Where the storage's numbers lie. */
  readonly storage: ZipMember;
}

/** An open archive of torch.save. */
export interface TorchFile {
  readonly file: FileBytes;
  /** The tensor, if the archive holds one alone. */
  readonly single?: TorchTensor;
  /** Tensors of dictionaries by name, nested names joined by dots. */
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  close(): void;
}

/** The description of a model's weights takes a few hundred bytes a tensor. */
const MAX_PICKLE_BYTES = 2 ** 26;
const MAX_DEPTH = 16;

/**
 * Open a file of torch.save without running anything of it. Tensors are described, their numbers are read by
 * whoever needs them.
 *
 * @throws BagError if it is no ZIP archive of torch.save, asks for anything but tensors, or a tensor reaches
 *   beyond its storage.
 */
export async function openTorch(path: string): Promise<TorchFile> {
  const file = openBytes(path);
  try {
    refuseLegacy(file);
    const members = await listZip(file);
    const pickle = [...members.values()].filter(({ name }) => /^[^/]*\/?data\.pkl$/.test(name));
    if ([...members.keys()].some((name) => /(^|\/)(constants\.pkl|code\/)/.test(name))) {
      throw new BagError(
        'unsupported',
        path,
        'is a TorchScript program, not tensors; load it with torch.jit.load and torch.save its state_dict()',
      );
    }
    if (pickle.length !== 1) {
      throw new BagError(
        'unknown-format',
        path,
        `is a ZIP archive with ${pickle.length} data.pkl; torch.save writes one`,
      );
    }
    const folder = pickle[0]!.name.slice(0, -'data.pkl'.length);
    const bigEndian = isBigEndian(file, members.get(`${folder}byteorder`));
    const value = readPickle(`${path}, ${pickle[0]!.name}`, readMember(file, pickle[0]!, MAX_PICKLE_BYTES));
    const locate = (view: TorchView) => locateTensor(path, view, members, folder, bigEndian);
    return {
      file,
      ...(isTensor(value) && { single: locate(value) }),
      tensors: new Map([...flatten(value)].map(([name, view]) => [name, locate(view)])),
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

const LEGACY = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20];

function refuseLegacy(file: FileBytes): void {
  if (file.size < 4) throw new BagError('truncated', file.path, `has ${file.size} bytes; copy it again`);
  const head = readPiece(file, 0, Math.min(LEGACY.length, file.size));
  if (LEGACY.every((byte, i) => head[i] === byte)) {
    throw new BagError(
      'unsupported',
      file.path,
      'is in the form that torch.save wrote before 1.6; in Python, torch.save(torch.load(path, weights_only=True), path) makes it new',
    );
  }
  if (head[0] === 0x50 && head[1] === 0x4b) return;
  throw new BagError('unknown-format', file.path, 'does not begin like a file of torch.save');
}

function isBigEndian(file: FileBytes, member: ZipMember | undefined): boolean {
  if (!member) return false;
  const order = Buffer.from(readMember(file, member, 16)).toString('latin1');
  if (order === 'little' || order === 'big') return order === 'big';
  throw new BagError('damaged', file.path, `has the byte order ${JSON.stringify(order)}`);
}

/** Tensors of dictionaries in dictionaries. Values that are no tensors (an epoch, a version) are left out. */
function flatten(value: PickleValue): Map<string, TorchView> {
  const found = new Map<string, TorchView>();
  const visit = (here: PickleValue, name: string, depth: number) => {
    if (isTensor(here) && name) found.set(name, here);
    if (!(here instanceof Map) || depth > MAX_DEPTH) return;
    for (const [key, inner] of here) {
      if (typeof key === 'string' || typeof key === 'number') {
        visit(inner, name ? `${name}.${key}` : String(key), depth + 1);
      }
    }
  };
  visit(value, '', 0);
  return found;
}

function locateTensor(
  path: string,
  { storage, offset, shape, strides }: TorchView,
  members: ReadonlyMap<string, ZipMember>,
  folder: string,
  bigEndian: boolean,
): TorchTensor {
  const known = Object.hasOwn(STORAGES, storage.type)
    ? STORAGES[storage.type as keyof typeof STORAGES]
    : undefined;
  if (!known) {
    const there = Object.keys(STORAGES).join(', ');
    throw new BagError('unsupported', path, `has a ${storage.type}; known are ${there}`);
  }
  const member = members.get(`${folder}data/${storage.key}`);
  if (!member) throw new BagError('damaged', path, `has no member data/${storage.key} for its tensor`);
  if (member.deflated) {
    throw new BagError('unsupported', path, `member ${member.name} is compressed; torch.save stores it`);
  }
  const there = Math.min(storage.count, Math.floor(member.size / known.bytes));
  const empty = shape.includes(0);
  const last = shape.reduce((sum, length, axis) => sum + (length - 1) * strides[axis]!, offset);
  if (storage.count * known.bytes > member.size || (!empty && !(last < there))) {
    throw new BagError(
      'damaged',
      path,
      `a tensor of shape [${shape.join(', ')}] reaches number ${last}, its storage has ${there}`,
    );
  }
  return { ...known, shape, strides, offset, bigEndian, storage: member };
}
