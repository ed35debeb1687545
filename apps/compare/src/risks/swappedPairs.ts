/** How many pairs two lists of numbers put in another order; a tie in one of them only counts as well. */
export function swappedPairs(a: readonly number[], b: readonly number[]): number {
  let swapped = 0;
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) if (Math.sign(a[i]! - a[j]!) !== Math.sign(b[i]! - b[j]!)) swapped++;
  }
  return swapped;
}
