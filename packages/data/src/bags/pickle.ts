import { BagError } from './bagError.js';

/** What a persistent id of torch.save names: numbers that lie in another member of the archive. */
export interface TorchStorage {
  readonly kind: 'storage';
  /** Class name without module: `FloatStorage`. */
  readonly type: string;
  readonly key: string;
  readonly count: number;
}

/** A tensor as torch.save describes it: a view of a storage. */
export interface TorchView {
  readonly kind: 'tensor';
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** A name that a pickle asks for; it stays a name, nothing is looked up. */
interface Global {
  readonly kind: 'global';
  readonly name: string;
}

/** What this machine can build: data, no behaviour. */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Global
  | TorchStorage
  | TorchView;

/** Deeper or longer pickles are no description of tensors. */
const MAX_STEPS = 20_000_000;

const REBUILD_TENSOR = 'torch._utils._rebuild_tensor_v2';
const REBUILD_PARAMETER = 'torch._utils._rebuild_parameter';
const ORDERED_DICT = 'collections.OrderedDict';
const STORAGE = /^torch\.(\w+Storage)$/;

/**
 * Read the pickle of a torch archive. This machine has no way to import, call or construct anything but the
 * tensors, dictionaries, lists, texts and numbers below: what a pickle asks for beyond them is an error that
 * names it.
 *
 * @param where file and member, for messages.
 * @throws BagError `hostile` for a forbidden name, `unsupported` for an opcode that torch.save does not write,
 *   `damaged` for nonsense.
 * @source Python's Lib/pickletools.py for the opcodes; torch/_utils.py for what torch.save asks for.
 */
export function readPickle(where: string, bytes: Uint8Array): PickleValue {
  return new PickleMachine(where, bytes).run();
}

class PickleMachine {
  private readonly view: DataView;
  private at = 0;
  private stack: PickleValue[] = [];
  private readonly marks: PickleValue[][] = [];
  private readonly memo = new Map<number, PickleValue>();

  constructor(
    private readonly where: string,
    private readonly bytes: Uint8Array,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): PickleValue {
    for (let steps = 0; steps < MAX_STEPS; steps += 1) {
      const start = this.at;
      const code = this.byte();
      if (code === 0x2e) return this.pop();
      this.step(code, start);
    }
    throw new BagError('hostile', this.where, `has more than ${MAX_STEPS} steps; that is no tensor file`);
  }

  private step(code: number, start: number): void {
    const { stack } = this;
    switch (code) {
      case 0x80: // PROTO
        if (this.byte() > 5) this.damaged('is of a pickle protocol above 5');
        return;
      case 0x95: // FRAME
        this.long();
        return;
      case 0x28: // MARK
        this.marks.push(stack);
        this.stack = [];
        return;
      case 0x30: // POP
        this.pop();
        return;
      case 0x4e: // NONE
        stack.push(null);
        return;
      case 0x88: // NEWTRUE
        stack.push(true);
        return;
      case 0x89: // NEWFALSE
        stack.push(false);
        return;
      case 0x4a: // BININT
        stack.push(this.view.getInt32(this.skip(4), true));
        return;
      case 0x4b: // BININT1
        stack.push(this.byte());
        return;
      case 0x4d: // BININT2
        stack.push(this.view.getUint16(this.skip(2), true));
        return;
      case 0x8a: // LONG1
        stack.push(this.littleEndian(this.byte()));
        return;
      case 0x47: // BINFLOAT
        stack.push(this.view.getFloat64(this.skip(8), false));
        return;
      case 0x58: // BINUNICODE
      case 0x54: // BINSTRING, which Python 2 wrote
        stack.push(this.text(this.view.getUint32(this.skip(4), true)));
        return;
      case 0x8c: // SHORT_BINUNICODE
      case 0x55: // SHORT_BINSTRING
        stack.push(this.text(this.byte()));
        return;
      case 0x42: // BINBYTES
        stack.push(this.raw(this.view.getUint32(this.skip(4), true)));
        return;
      case 0x43: // SHORT_BINBYTES
        stack.push(this.raw(this.byte()));
        return;
      case 0x29: // EMPTY_TUPLE
      case 0x5d: // EMPTY_LIST
        stack.push([]);
        return;
      case 0x7d: // EMPTY_DICT
        stack.push(new Map());
        return;
      case 0x74: // TUPLE
      case 0x6c: {
        // LIST
        const items = this.popMark();
        this.stack.push(items);
        return;
      }
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: {
        // TUPLE3
        const items = Array.from({ length: code - 0x84 }, () => this.pop()).reverse();
        stack.push(items);
        return;
      }
      case 0x61: {
        // APPEND
        const item = this.pop();
        this.list().push(item);
        return;
      }
      case 0x65: {
        // APPENDS
        const items = this.popMark();
        const list = this.list();
        for (const item of items) list.push(item);
        return;
      }
      case 0x73: {
        // SETITEM
        const value = this.pop();
        const key = this.pop();
        this.dictionary().set(key, value);
        return;
      }
      case 0x75: {
        // SETITEMS
        const items = this.popMark();
        const dictionary = this.dictionary();
        if (items.length % 2 !== 0) this.damaged('has a key without a value');
        for (let i = 0; i < items.length; i += 2) dictionary.set(items[i]!, items[i + 1]!);
        return;
      }
      case 0x71: // BINPUT
        this.memo.set(this.byte(), this.top());
        return;
      case 0x72: // LONG_BINPUT
        this.memo.set(this.view.getUint32(this.skip(4), true), this.top());
        return;
      case 0x94: // MEMOIZE
        this.memo.set(this.memo.size, this.top());
        return;
      case 0x68: // BINGET
        stack.push(this.recall(this.byte()));
        return;
      case 0x6a: // LONG_BINGET
        stack.push(this.recall(this.view.getUint32(this.skip(4), true)));
        return;
      case 0x63: // GLOBAL
        stack.push(this.allowed(`${this.line()}.${this.line()}`));
        return;
      case 0x93: {
        // STACK_GLOBAL
        const [name, module] = [this.pop(), this.pop()];
        if (typeof name !== 'string' || typeof module !== 'string') this.damaged('names no global');
        stack.push(this.allowed(`${module as string}.${name as string}`));
        return;
      }
      case 0x51: // BINPERSID
        stack.push(this.storage(this.pop()));
        return;
      case 0x52: {
        // REDUCE
        const [given, callee] = [this.pop(), this.pop()];
        stack.push(this.rebuild(callee, given));
        return;
      }
      case 0x62: // BUILD: a state dict carries versions of its modules as an attribute; they are not needed
        this.pop();
        if (!(this.top() instanceof Map)) {
          this.refuse('unsupported', 'sets the state of something that is no dictionary');
        }
        return;
      default: {
        const name = EXECUTING[code] ?? `0x${code.toString(16)}`;
        const problem = code in EXECUTING ? 'hostile' : 'unsupported';
        this.refuse(problem, `has the opcode ${name} at byte ${start}, which torch.save does not write`);
      }
    }
  }

  private allowed(name: string): Global {
    const known = [REBUILD_TENSOR, REBUILD_PARAMETER, ORDERED_DICT].includes(name) || STORAGE.test(name);
    if (known) return { kind: 'global', name };
    return this.refuse(
      'hostile',
      `asks for ${name.slice(0, 80)}, which is no part of a tensor; nothing of it was run. ` +
        'If you trust the file, load it in Python and save its tensors as safetensors',
    );
  }

  private rebuild(callee: PickleValue, given: PickleValue): PickleValue {
    const name = isKind(callee, 'global') ? callee.name : undefined;
    if (name === undefined || !Array.isArray(given)) return this.damaged('calls something that is no name');
    if (name === ORDERED_DICT) return this.orderedDict(given);
    if (name === REBUILD_PARAMETER && isKind(given[0], 'tensor')) return given[0];
    if (name !== REBUILD_TENSOR) return this.damaged(`calls ${name}`);
    const [storage, offset, shape, strides] = given;
    if (!isKind(storage, 'storage') || !isCount(offset) || !isCounts(shape) || !isCounts(strides)) {
      return this.damaged('rebuilds a tensor without storage, offset, shape or strides');
    }
    if (shape.length !== strides.length) return this.damaged('has a tensor with fewer strides than axes');
    return { kind: 'tensor', storage, offset, shape, strides };
  }

  private orderedDict(given: PickleValue[]): PickleValue {
    const [pairs] = given;
    if (pairs === undefined) return new Map();
    if (Array.isArray(pairs) && pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) {
      return new Map(pairs as [PickleValue, PickleValue][]);
    }
    return this.damaged('has an OrderedDict that is no list of pairs');
  }

  private storage(id: PickleValue): TorchStorage {
    const [word, type, key, , count] = Array.isArray(id) ? id : [];
    const name = isKind(type, 'global') ? STORAGE.exec(type.name)?.[1] : undefined;
    if (word !== 'storage' || name === undefined || typeof key !== 'string' || !isCount(count)) {
      return this.damaged('has a persistent id that names no storage');
    }
    return { kind: 'storage', type: name, key, count };
  }

  private pop(): PickleValue {
    if (this.stack.length === 0) this.damaged('takes from an empty stack');
    return this.stack.pop()!;
  }

  private top(): PickleValue {
    if (this.stack.length === 0) this.damaged('takes from an empty stack');
    return this.stack.at(-1)!;
  }

  private popMark(): PickleValue[] {
    const items = this.stack;
    const before = this.marks.pop();
    if (!before) return this.damaged('has no mark to go back to');
    this.stack = before;
    return items;
  }

  private list(): PickleValue[] {
    const top = this.top();
    return Array.isArray(top) ? top : this.damaged('appends to something that is no list');
  }

  private dictionary(): Map<PickleValue, PickleValue> {
    const top = this.top();
    return top instanceof Map ? top : this.damaged('sets items of something that is no dictionary');
  }

  private recall(slot: number): PickleValue {
    const value = this.memo.get(slot);
    return value === undefined ? this.damaged(`recalls slot ${slot}, which is empty`) : value;
  }

  private skip(count: number): number {
    const from = this.at;
    if (from + count > this.bytes.length) this.damaged(`ends in the middle, at byte ${this.bytes.length}`);
    this.at += count;
    return from;
  }

  private byte(): number {
    return this.bytes[this.skip(1)]!;
  }

  private raw(length: number): Uint8Array {
    const from = this.skip(length);
    return this.bytes.subarray(from, from + length);
  }

  private text(length: number): string {
    return new TextDecoder().decode(this.raw(length));
  }

  private line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0 || end - this.at > 1000) this.damaged('names a global without an end');
    const text = this.text(end - this.at);
    this.at = end + 1;
    return text;
  }

  private long(): number {
    return Number(this.view.getBigUint64(this.skip(8), true));
  }

  /** A whole number in two's complement; beyond 2⁵³ it is no size of anything. */
  private littleEndian(length: number): number {
    const from = this.skip(length);
    let value = 0n;
    for (let i = 0; i < length; i += 1) value |= BigInt(this.bytes[from + i]!) << BigInt(8 * i);
    return Number(BigInt.asIntN(8 * length, value));
  }

  private refuse(problem: 'hostile' | 'unsupported', text: string): never {
    throw new BagError(problem, this.where, text);
  }

  private damaged(text: string): never {
    throw new BagError(
      'damaged',
      this.where,
      `${text}; the file is damaged or was not written by torch.save`,
    );
  }
}

/** Opcodes that make Python import or call something. */
const EXECUTING: Readonly<Record<number, string>> = {
  0x69: 'INST',
  0x6f: 'OBJ',
  0x81: 'NEWOBJ',
  0x92: 'NEWOBJ_EX',
  0x82: 'EXT1',
  0x83: 'EXT2',
  0x84: 'EXT4',
};

function isKind<K extends 'global' | 'storage' | 'tensor'>(
  value: PickleValue | undefined,
  kind: K,
): value is Extract<PickleValue, { kind: K }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

/** A tensor inside a pickle. */
export function isTensor(value: PickleValue | undefined): value is TorchView {
  return isKind(value, 'tensor');
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isCounts(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}
