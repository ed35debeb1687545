/** Changes that lead from one number to another, each taken or not: bit `i` of a set says whether change `i` is. */
export interface Steps {
  /** At most 12. */
  readonly changes: number;
  /** The number after the changes of a set; undefined where it does not exist, as for risks that nobody has. */
  readonly value: (taken: number) => number | undefined;
}

/** How the sets of changes hang together: which of them have a number, and what each counts. */
export interface Orders {
  /** Sets that lie on an order from no change to all, of which every step has a number. */
  readonly sets: readonly number[];
  /** How many such orders there are. */
  readonly count: number;
  /** For each change and each of `sets`, what it counts in the change's share; shares sum up to the whole. */
  readonly shares: readonly Float64Array[];
}

/**
 * In which orders can the changes be made, and what is each change's share of the whole? The mean, over all orders
 * of which every step has a number, of what the change moves when its turn comes. Where every order is possible, it
 * is Shapley's value. Shares add up to the whole, and none depends on who was called first.
 *
 * @returns undefined where no order is possible.
 * @source Shapley 1953; Faigle and Kern 1992 (orders that constraints leave).
 */
export function possibleOrders(changes: number, exists: (taken: number) => boolean): Orders | undefined {
  if (changes > 12) throw new RangeError(`${changes} changes; at most 12 can be told apart`);
  const size = 2 ** changes;
  const all = size - 1;
  const known = Uint8Array.from({ length: size }, (_, taken) => (exists(taken) ? 1 : 0));
  // Orders that lead from no change to each set, and from each set to all.
  const [before, after] = [new Float64Array(size), new Float64Array(size)];
  before[0] = known[0]!;
  for (let taken = 1; taken < size; taken++) {
    if (known[taken]) for (const i of bits(taken)) before[taken]! += before[taken ^ (1 << i)]!;
  }
  after[all] = known[all]!;
  for (let taken = all - 1; taken >= 0; taken--) {
    if (known[taken]) for (const i of bits(all ^ taken)) after[taken]! += after[taken | (1 << i)]!;
  }
  const count = before[all]!;
  if (count === 0) return undefined;
  const sets = Array.from({ length: size }, (_, taken) => taken).filter(
    (taken) => before[taken]! * after[taken]! > 0,
  );
  const shares = Array.from({ length: changes }, (_, i) =>
    Float64Array.from(sets, (taken) => {
      const other = taken ^ (1 << i);
      return (taken & (1 << i) ? before[other]! * after[taken]! : -before[taken]! * after[other]!) / count;
    }),
  );
  return { sets, count, shares };
}

function bits(set: number): number[] {
  return Array.from({ length: 32 - Math.clz32(set) }, (_, i) => i).filter((i) => set & (1 << i));
}

/** What one change moves: its share, and alone from either end. */
export interface Moved {
  readonly share: number;
  /** When it alone is made; null where that has no number. */
  readonly alone: number | null;
  /** When it alone is taken back from the end, sign turned; null likewise. */
  readonly last: number | null;
}

/** Changes that may have to be made before another one alone has a number, and those that may have to be missing. */
export interface Room {
  readonly first: number;
  readonly notYet: number;
}

/**
 * What each change moves. One that alone has no number is made after those of `room.first`, or taken back where those
 * of `room.notYet` are not made.
 *
 * @param orders of the same steps, see `possibleOrders`.
 */
export function movedBy(
  { changes, value }: Steps,
  orders: Orders,
  { first, notYet }: Room = { first: 0, notYet: 0 },
): Moved[] {
  const values = orders.sets.map((taken) => value(taken)!);
  const all = 2 ** changes - 1;
  const less = (to: number, from: number) => {
    const [end, start] = [value(to), value(from)];
    return end === undefined || start === undefined ? null : end - start;
  };
  return orders.shares.map((share, i) => {
    const own = 1 << i;
    const most = all & ~(notYet & ~own);
    return {
      share: sumOf(share, values),
      alone: less(own, 0) ?? less(first | own, first & ~own),
      last: less(all, all & ~own) ?? less(most, most & ~own),
    };
  });
}

/** A change's share, of the values of the sets. */
export function sumOf(share: Float64Array, values: ArrayLike<number>): number {
  return share.reduce((sum, weight, k) => (weight === 0 ? sum : sum + weight * values[k]!), 0);
}
