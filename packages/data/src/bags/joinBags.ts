import { asBag, type BagAttribute, type BagFile } from './bagFile.js';
import { BagError } from './bagError.js';
import { FLOAT_BYTES } from './floatType.js';
import { rowCount, type RowSelection } from './rows.js';
import { requireSameKind } from './sameKind.js';

/**
 * The slides of one case as one bag: their rows, one slide after the other.
 *
 * @param name what to call it in messages: the case.
 * @param bags at least one; closing the result closes them.
 * @returns a bag with the attributes that all slides share; coordinates only if every slide has them.
 * @throws BagError if their widths, encoders or patch sizes differ.
 */
export function joinBags(name: string, bags: readonly BagFile[]): BagFile {
  const [first] = bags;
  if (!first) throw new BagError('bad-request', name, 'has no slides to join');
  requireSameKind(bags);
  const starts = [0];
  for (const { rows } of bags) starts.push(starts.at(-1)! + rows);
  const alike = bags.every(({ dtype }) => dtype === first.dtype);
  const dtype = alike ? first.dtype : 'float32';
  const rowBytes = first.width * FLOAT_BYTES[dtype];

  const readPart = (bag: BagFile, part: RowSelection, into: Uint8Array) => {
    if (alike) return bag.readRaw(part, into);
    const numbers =
      part instanceof Uint32Array ? part : Uint32Array.from({ length: part.count }, (_, i) => part.first + i);
    const values = bag.read(numbers, { notFinite: 'keep' });
    into.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  };

  const readRaw = (rows: RowSelection, into: Uint8Array) => {
    const row = (i: number) => (rows instanceof Uint32Array ? rows[i]! : rows.first + i);
    const count = rowCount(rows);
    for (let at = 0; at < count;) {
      const k = starts.findLastIndex((start) => start <= row(at));
      let end = at + 1;
      if (rows instanceof Uint32Array) {
        while (end < count && row(end) >= starts[k]! && row(end) < starts[k + 1]!) end += 1;
      } else {
        end = Math.min(count, starts[k + 1]! - rows.first);
      }
      const part =
        rows instanceof Uint32Array
          ? rows.subarray(at, end).map((one) => one - starts[k]!)
          : { first: row(at) - starts[k]!, count: end - at };
      readPart(bags[k]!, part, into.subarray(at * rowBytes, end * rowBytes));
      at = end;
    }
  };

  return asBag({
    path: name,
    format: 'joined',
    source: { dtype, rows: starts.at(-1)!, width: first.width, readRaw },
    attributes: sharedAttributes(bags),
    coords: bags.every(({ coords }) => coords) ? () => joinCoords(bags) : undefined,
    close: () => bags.forEach((bag) => bag.close()),
  });
}

/** Attributes that all bags state alike. */
export function sharedAttributes(bags: readonly Pick<BagFile, 'attributes'>[]): Record<string, BagAttribute> {
  const [first, ...others] = bags.map(({ attributes }) => attributes);
  return Object.fromEntries(
    Object.entries(first ?? {}).filter(([name, value]) => others.every((other) => other[name] === value)),
  );
}

function joinCoords(bags: readonly BagFile[]): Float64Array {
  const parts = bags.map(({ coords }) => coords!());
  const joined = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
