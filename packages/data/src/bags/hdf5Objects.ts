import { BagError } from './bagError.js';
import { readPiece, type FileBytes } from './fileBytes.js';

/** A message of an object's header: one property of a dataset or a group. */
export interface Hdf5Message {
  readonly type: number;
  readonly shared: boolean;
  readonly data: DataView;
}

/** More messages, links or nodes than any file of features has: a loop, or an attack. */
const MAX_PARTS = 100_000;
const MAX_HEADER_BYTES = 2 ** 22;

/** An address that points to nothing. */
export const UNDEFINED_ADDRESS = 0xffff_ffff_ffff_ffffn;

/**
 * The root group of an HDF5 file: where each dataset's header lies.
 *
 * Only what is needed to find a dataset's numbers is read here, so that rows can be fetched by position; the
 * HDF5 library reads attributes and unusual layouts, see `hdf5Service`.
 *
 * @returns header addresses by name; soft and external links are left out, nothing outside the file is read.
 * @throws BagError if the file is damaged, or keeps its groups in a form that is not followed.
 * @source HDF5 File Format Specification 3.0, II to IV.
 */
export function readRootLinks(file: FileBytes): Map<string, number> {
  const head = view(readPiece(file, 0, Math.min(96, file.size)));
  const version = head.byteLength > 8 ? head.getUint8(8) : 255;
  if (version > 3 || head.byteLength < 48) throw unsupported(file, `a superblock of version ${version}`);
  const old = version < 2;
  const [offsets, lengths] = old
    ? [head.getUint8(13), head.getUint8(14)]
    : [head.getUint8(9), head.getUint8(10)];
  if (offsets !== 8 || lengths !== 8) throw unsupported(file, `addresses of ${offsets} bytes`);
  const base = (version === 1 ? 4 : 0) + (old ? 24 : 12);
  if (address(file, head, base) !== 0) throw unsupported(file, 'a base address');
  const end = address(file, head, old ? base + 16 : 28);
  if (end > file.size) {
    throw new BagError(
      'truncated',
      file.path,
      `has ${file.size} bytes, it was written with ${end}; copy or extract it again`,
    );
  }
  const root = address(file, head, old ? base + 40 : 36);
  const links = new Map<string, number>();
  for (const { type, data } of readMessages(file, root)) {
    if (type === 0x11) readSymbolTable(file, address(file, data, 0), address(file, data, 8), links);
    if (type === 0x06) readLink(file, data, links);
    if (type === 0x02 && hasDenseLinks(data))
      throw unsupported(file, 'more than a few datasets in a new-style group');
  }
  return links;
}

function hasDenseLinks(data: DataView): boolean {
  const at = 2 + (data.getUint8(1) & 1 ? 8 : 0);
  return data.getBigUint64(at, true) !== UNDEFINED_ADDRESS;
}

/** The messages of an object header of either version, continuation blocks included. */
export function readMessages(file: FileBytes, at: number): Hdf5Message[] {
  const messages: Hdf5Message[] = [];
  const start = readPiece(file, at, Math.min(16, Math.max(0, file.size - at)));
  const modern = Buffer.from(start.subarray(0, 4)).toString('latin1') === 'OHDR';
  const blocks: { at: number; length: number }[] = [];
  let flags = 0;
  if (modern) {
    flags = start[5] ?? 0;
    let prefix = 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
    const width = 1 << (flags & 3);
    const size = view(readPiece(file, at + prefix, width));
    prefix += width;
    blocks.push({
      at: at + prefix,
      length: width === 8 ? Number(size.getBigUint64(0, true)) : smallInteger(size, width),
    });
  } else {
    if (start[0] !== 1 || start.length < 16) throw damaged(file, `has no object header at byte ${at}`);
    blocks.push({ at: at + 16, length: view(start).getUint32(8, true) });
  }
  for (let i = 0; i < blocks.length; i += 1) {
    const { at: from, length } = blocks[i]!;
    if (length > MAX_HEADER_BYTES || blocks.length > 1000)
      throw hostile(file, `an object header of ${length} bytes`);
    readBlock(file, readPiece(file, from, length), modern, flags, (message) => {
      messages.push(message);
      if (messages.length > MAX_PARTS) throw hostile(file, 'an object header without end');
      if (message.type !== 0x10) return;
      const [next, size] = [address(file, message.data, 0), address(file, message.data, 8)];
      // A continuation of a new-style header has a signature before and a checksum behind its messages.
      blocks.push(modern ? { at: next + 4, length: Math.max(0, size - 8) } : { at: next, length: size });
    });
  }
  return messages;
}

function readBlock(
  file: FileBytes,
  bytes: Uint8Array,
  modern: boolean,
  flags: number,
  found: (message: Hdf5Message) => void,
): void {
  const data = view(bytes);
  const prefix = modern ? 4 + (flags & 4 ? 2 : 0) : 8;
  for (let at = 0; at + prefix <= bytes.length;) {
    const type = modern ? data.getUint8(at) : data.getUint16(at, true);
    const size = data.getUint16(at + (modern ? 1 : 2), true);
    const messageFlags = data.getUint8(at + (modern ? 3 : 4));
    at += prefix;
    if (at + size > bytes.length) throw damaged(file, 'has an object header whose message ends behind it');
    // Room for one fixed field more, so that a short message is read as zeros and refused by its meaning.
    const body = new Uint8Array(size + 32);
    body.set(bytes.subarray(at, at + size));
    found({ type, shared: (messageFlags & 2) !== 0, data: view(body) });
    at += size;
  }
}

/** Old-style groups: a B-tree of nodes of links, whose names lie in a heap. */
function readSymbolTable(file: FileBytes, tree: number, heapAt: number, links: Map<string, number>): void {
  const heap = view(readPiece(file, heapAt, 32));
  requireSignature(file, heap, 'HEAP', heapAt);
  const size = address(file, heap, 8);
  if (size > MAX_HEADER_BYTES) throw hostile(file, `names of ${size} bytes`);
  const names = readPiece(file, address(file, heap, 24), size);
  for (const node of treeLeaves(file, tree, 0, 8)) {
    const head = view(readPiece(file, node, 8));
    requireSignature(file, head, 'SNOD', node);
    const count = head.getUint16(6, true);
    const entries = view(readPiece(file, node + 8, count * 40));
    for (let i = 0; i < count; i += 1) {
      const from = address(file, entries, i * 40);
      const cached = entries.getUint32(i * 40 + 16, true);
      const end = names.indexOf(0, from);
      if (from >= names.length || end < 0) throw damaged(file, 'has a link whose name is not in its heap');
      if (cached !== 2) {
        links.set(new TextDecoder().decode(names.subarray(from, end)), address(file, entries, i * 40 + 8));
      }
    }
  }
}

/** A link of a new-style group. */
function readLink(file: FileBytes, data: DataView, links: Map<string, number>): void {
  const flags = data.getUint8(1);
  let at = 2;
  const type = flags & 8 ? data.getUint8(at++) : 0;
  if (flags & 4) at += 8;
  if (flags & 16) at += 1;
  const width = 1 << (flags & 3);
  const length = smallInteger(
    new DataView(data.buffer, data.byteOffset + at, Math.min(width, 4)),
    Math.min(width, 4),
  );
  at += width;
  if (at + length + 8 > data.byteLength) throw damaged(file, 'has a link that ends behind its message');
  const name = new TextDecoder().decode(new Uint8Array(data.buffer, data.byteOffset + at, length));
  if (type === 0) links.set(name, address(file, data, at + length));
}

/**
 * Addresses that the leaves of a version 1 B-tree point to, in the order of their keys.
 *
 * @param kind 0 of groups, 1 of chunks. @param keyBytes bytes of a key.
 * @param visit is shown each leaf's key.
 */
export function treeLeaves(
  file: FileBytes,
  root: number,
  kind: 0 | 1,
  keyBytes: number,
  visit?: (key: DataView, child: number) => void,
): number[] {
  const found: number[] = [];
  let nodes = 0;
  const walk = (at: number, above: number): void => {
    nodes += 1;
    const head = view(readPiece(file, at, 24));
    requireSignature(file, head, 'TREE', at);
    const [type, level, count] = [head.getUint8(4), head.getUint8(5), head.getUint16(6, true)];
    // Levels that only go down make a loop impossible.
    if (type !== kind || level >= above)
      throw damaged(file, `has a B-tree node of another kind at byte ${at}`);
    const step = keyBytes + 8;
    const bytes = readPiece(file, at + 24, count * step);
    if (nodes > file.size / 24) throw hostile(file, 'more nodes in a B-tree than it has room for');
    const entries = view(bytes);
    for (let i = 0; i < count; i += 1) {
      const child = address(file, entries, i * step + keyBytes);
      if (level > 0) walk(child, level);
      else {
        found.push(child);
        visit?.(new DataView(bytes.buffer, i * step, keyBytes), child);
      }
    }
  };
  walk(root, 32);
  return found;
}

/** A position in the file. @throws BagError if it lies behind its end. */
export function address(file: FileBytes, data: DataView, at: number): number {
  if (at < 0 || at + 8 > data.byteLength) throw damaged(file, 'ends in the middle of an address');
  const value = data.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged(file, `points to byte ${value}`);
  return Number(value);
}

function requireSignature(file: FileBytes, data: DataView, expected: string, at: number): void {
  const found = String.fromCharCode(...new Uint8Array(data.buffer, data.byteOffset, 4));
  if (found !== expected) throw damaged(file, `has no ${expected} at byte ${at}`);
}

function smallInteger(data: DataView, width: number): number {
  if (width === 1) return data.getUint8(0);
  return width === 2 ? data.getUint16(0, true) : data.getUint32(0, true);
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function damaged(file: FileBytes, text: string): BagError {
  return new BagError('damaged', file.path, `${text}; it is damaged, copy or extract it again`);
}

export function hostile(file: FileBytes, what: string): BagError {
  return new BagError('hostile', file.path, `claims ${what}; no file of features has that`);
}

export function unsupported(file: FileBytes, what: string): BagError {
  return new BagError(
    'unsupported',
    file.path,
    `is an HDF5 file with ${what}, which is not read; write it again with h5py's defaults`,
  );
}
