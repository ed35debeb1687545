/** What the field writes where it has no value. */
const PLACEHOLDERS = new Set([
  '',
  '--',
  "'--",
  'na',
  'n/a',
  '#n/a',
  'nan',
  'null',
  'none',
  'not reported',
  '[not available]',
  '[not applicable]',
  '[not evaluated]',
  '[unknown]',
  '[discrepancy]',
]);

/** True for a cell that holds no value, by any of the placeholders in use. */
export function isMissing(text: string): boolean {
  return PLACEHOLDERS.has(text.trim().toLowerCase());
}
