import { ARRAYS, type Dtype } from './dtype.js';
import { SafetensorsError } from './error.js';

/** Where one tensor lies. Offsets count from the first byte after the header. */
export interface TensorInfo {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The format's own limit. */
export const MAX_HEADER_BYTES = 100_000_000;

/**
 * Parse and check a header: types, no repeated name, each tensor as long as its shape says, all of them
 * tiling the data from the first to the last byte.
 *
 * @param text the header's JSON. @param dataBytes length of what follows it.
 * @throws SafetensorsError naming the tensor.
 * @source huggingface/safetensors@24b0b28, README and attacks.
 */
export function parseHeader(file: string, text: string, dataBytes: number): Header {
  const fail = (problem: string): never => {
    throw new SafetensorsError(file, `${problem}; the file is damaged or was not written as safetensors`);
  };
  if (!text.startsWith('{')) fail('the header does not start with {');
  let entries: Record<string, unknown> = {};
  try {
    entries = JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    fail(`the header is no JSON (${(error as Error).message})`);
  }
  const keys = topLevelKeys(text);
  if (new Set(keys).size !== keys.length) {
    fail(`the header names ${keys.find((key, i) => keys.indexOf(key) !== i)} twice`);
  }
  const tensors = new Map<string, TensorInfo>();
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(entries)) {
    if (name === '__metadata__') metadata = checkMetadata(entry, fail);
    else tensors.set(name, checkTensor(name, entry, fail));
  }
  let position = 0;
  for (const [name, { begin, end }] of [...tensors].sort(
    (a, b) => a[1].begin - b[1].begin || a[1].end - b[1].end,
  )) {
    if (begin !== position) fail(`tensor ${name} begins at byte ${begin}, expected ${position}`);
    position = end;
  }
  if (position !== dataBytes) fail(`the tensors end at byte ${position}, the data at ${dataBytes}`);
  return { tensors, metadata };
}

type Fail = (problem: string) => never;

function checkMetadata(entry: unknown, fail: Fail): Record<string, string> {
  const texts = typeof entry === 'object' && entry !== null && !Array.isArray(entry);
  if (!texts || !Object.values(entry).every((value) => typeof value === 'string')) {
    fail('__metadata__ is not a table of texts');
  }
  return { ...(entry as Record<string, string>) };
}

function checkTensor(name: string, entry: unknown, fail: Fail): TensorInfo {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(ARRAYS, dtype)) {
    fail(`tensor ${name} has dtype ${JSON.stringify(dtype)}, known are ${Object.keys(ARRAYS).join(', ')}`);
  }
  if (!isCounts(shape)) fail(`tensor ${name} has shape ${JSON.stringify(shape)}`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    fail(`tensor ${name} has offsets ${JSON.stringify(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const bytes = (shape as number[]).reduce(
    (product, n) => product * n,
    ARRAYS[dtype as Dtype].BYTES_PER_ELEMENT,
  );
  if (bytes !== end - begin) {
    fail(
      `tensor ${name} has ${end - begin} bytes, its shape [${(shape as number[]).join(', ')}] needs ${bytes}`,
    );
  }
  return { dtype: dtype as Dtype, shape: shape as number[], begin, end };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

/** Keys of the outermost object, repeated ones included, which JSON.parse hides. */
function topLevelKeys(text: string): string[] {
  const keys: string[] = [];
  let depth = 0;
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    const token = match[0];
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (
      depth === 1 &&
      /^\s*:/.test(text.slice(match.index + token.length, match.index + token.length + 8))
    ) {
      keys.push(JSON.parse(token) as string);
    }
  }
  return keys;
}
