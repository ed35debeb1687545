/** Floats that JSON has no word for (it would write null, and 0 for -0), as they travel to Python and back. */
const SPELLINGS: ReadonlyMap<number, { readonly $float: string }> = new Map([
  [NaN, { $float: 'NaN' }],
  [Infinity, { $float: 'Infinity' }],
  [-Infinity, { $float: '-Infinity' }],
]);
const NEGATIVE_ZERO = { $float: '-0' };
const OURS = new Set<unknown>([...SPELLINGS.values(), NEGATIVE_ZERO]);

/**
 * Encode a call's parameters. An absent (undefined) field is left out, as in JSON.
 *
 * @throws TypeError naming the field if JSON would change the value silently: typed arrays (tensors cross as
 *   files), functions, symbols, maps and sets, undefined in a list, an object that looks like our own `$float`.
 */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, item: unknown) {
    refuseLossy(this, key);
    if (typeof item !== 'number') return item;
    return Object.is(item, -0) ? NEGATIVE_ZERO : (SPELLINGS.get(item) ?? item);
  });
}

/** The other way round. */
export function decodeJson(text: string): unknown {
  return JSON.parse(text, (_key, item: unknown) => (isSpelling(item) ? Number(item.$float) : item));
}

function refuseLossy(holder: Record<string, unknown>, key: string): void {
  const raw = holder[key];
  const refuse = (what: string) => {
    throw new TypeError(`cannot send ${key ? `"${key}"` : 'these parameters'} to Python: ${what}`);
  };
  if (ArrayBuffer.isView(raw)) refuse('tensors cross as safetensors files, not in calls');
  if (typeof raw === 'function' || typeof raw === 'symbol') refuse(`it is a ${typeof raw}`);
  if (raw instanceof Map || raw instanceof Set) refuse('a Map or Set has no form in JSON');
  if (raw === undefined && Array.isArray(holder)) refuse('undefined in a list would arrive as None');
  if (isSpelling(raw) && !OURS.has(raw)) refuse('$float is the spelling of NaN and ±Infinity');
}

function isSpelling(item: unknown): item is { $float: string } {
  return typeof item === 'object' && item !== null && Object.hasOwn(item, '$float');
}
