import type { Tap } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';

/** A tensor that a tap has seen, and what it was computed from. */
export interface TracedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** The nearest named tensors before it: traced ones, and those that were given a name at the start. */
  readonly from: readonly string[];
}

/**
 * Run a computation and say of each tensor that its tap sees from which others it was computed: every operation
 * is watched, so that this is what was done, not what somebody wrote down. A value that was read to the host
 * and made a tensor again has no past.
 *
 * @param named tensors that have a name before it begins, borrowed.
 */
export function trace(named: Readonly<Record<string, tf.Tensor>>, run: (tap: Tap) => void): TracedTensor[] {
  const history = new History();
  for (const [name, tensor] of Object.entries(named)) history.call(name, tensor);
  const watch: Watch = (operation, inputs, outputs) => history.compute(operation, inputs, outputs);
  const ends = [
    watched(tf.engine(), 'runKernel', watch),
    watched(tf.backend(), 'executeSingleOutput', watch),
    watched(tf.backend(), 'executeMultipleOutputs', watch),
  ];
  const seen: { name: string; shape: readonly number[]; from: () => string[] }[] = [];
  try {
    run((name, tensor) => {
      seen.push({ name, shape: tensor.shape, from: history.call(name, tensor) });
    });
  } finally {
    for (const end of ends) end();
  }
  return seen.map(({ name, shape, from }) => ({ name, shape, from: from() }));
}

/** Operations that put numbers elsewhere: from an input of as many numbers, their output is the same tensor. */
const MOVES = new Set([
  'Slice',
  'StridedSlice',
  'Transpose',
  'Pack',
  'Identity',
  'Reshape',
  'ExpandDims',
  'Squeeze',
]);

interface Maker {
  readonly at: number;
  readonly inputs: readonly object[];
  /** The tensor that was only moved. */
  readonly moved?: object;
}

/** Which numbers were computed from which, and what they were called when; a reshaped tensor shares its numbers. */
class History {
  private readonly makers = new Map<object, Maker>();
  private readonly names = new Map<object, { readonly at: number; readonly name: string }[]>();
  private readonly known = new Map<object, ReadonlySet<string>>();
  private now = 0;

  compute(operation: string, inputs: readonly tf.Tensor[], outputs: readonly tf.Tensor[]): void {
    const from = inputs.map(({ dataId }) => dataId);
    const at = ++this.now;
    for (const { dataId, shape } of outputs) {
      if (this.makers.has(dataId) || from.includes(dataId)) continue;
      const whole = MOVES.has(operation) ? inputs.filter((one) => sizeOf(one.shape) === sizeOf(shape)) : [];
      const moved = whole.length === 1 ? { moved: whole[0]!.dataId } : {};
      this.makers.set(dataId, { at, inputs: from, ...moved });
    }
  }

  /**
   * Give a tensor a name, and what it was moved from: a tap may see a copy, such as the only case of a batch.
   *
   * @returns what tells, once everything is computed, what it came from.
   */
  call(name: string, { dataId }: tf.Tensor): () => string[] {
    const at = ++this.now;
    let numbers: object = dataId;
    for (;;) {
      const before = this.names.get(numbers)?.at(-1);
      this.names.set(numbers, [...(this.names.get(numbers) ?? []), { at, name }]);
      if (before) return () => [before.name];
      const moved = this.makers.get(numbers)?.moved;
      const last = numbers;
      if (!moved) return () => [...this.origin(last)];
      numbers = moved;
    }
  }

  private origin(numbers: object): ReadonlySet<string> {
    const found = this.known.get(numbers);
    if (found) return found;
    const maker = this.makers.get(numbers);
    const names = new Set(
      maker?.inputs.flatMap((input) => {
        const name = this.nameAt(input, maker.at);
        return name === undefined ? [...this.origin(input)] : [name];
      }),
    );
    this.known.set(numbers, names);
    return names;
  }

  /** What numbers were called when they were read: the last name until then, else the first one after. */
  private nameAt(numbers: object, at: number): string | undefined {
    const names = this.names.get(numbers);
    return (names?.findLast((one) => one.at < at) ?? names?.[0])?.name;
  }
}

type Watch = (operation: string, inputs: readonly tf.Tensor[], outputs: readonly tf.Tensor[]) => void;

/** Watch a method, where the object has it. @returns what ends that. */
function watched(owner: object, method: string, watch: Watch): () => void {
  const methods = owner as Record<string, ((...args: unknown[]) => unknown) | undefined>;
  const original = methods[method];
  if (!original) return () => {};
  methods[method] = (...args) => {
    const result = original.apply(owner, args);
    watch(args[0] as string, tensorsIn(args), tensorsIn(result));
    return result;
  };
  // The method is the prototype's: without a property of its own the object shows it again.
  return () => void delete methods[method];
}

/** Tensors in a value, in arrays and in plain objects. */
function tensorsIn(value: unknown): tf.Tensor[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  if ('dataId' in value) return [value as tf.Tensor];
  return Object.values(value).flatMap(tensorsIn);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}
