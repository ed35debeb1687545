/** What can travel in a call: JSON, and the three floats that JSON has no word for. */
export type Json =
  string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };

/** Encode; NaN and ±∞ become `{"$float": "NaN"}`, so that they do not arrive as null. */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'number' && !Number.isFinite(item) ? { $float: String(item) } : item,
  );
}

/** The other way round. */
export function decodeJson(text: string): unknown {
  return JSON.parse(text, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && '$float' in item ? Number(item.$float) : item,
  );
}
