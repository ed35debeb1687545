/** The longest that a timer of Node's can wait; it would take anything longer for 1 ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** @throws RangeError if it is not a time above zero that a timer can wait; Infinity means no limit. */
export function requireTimeout(timeoutMs: number): number {
  if (timeoutMs === Infinity || (timeoutMs > 0 && timeoutMs <= LONGEST_MS)) return timeoutMs;
  throw new RangeError(`timeoutMs: expected Infinity or 1 to ${LONGEST_MS} ms, got ${timeoutMs}`);
}
