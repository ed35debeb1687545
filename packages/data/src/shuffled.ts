import type { Stream } from './normalStream.js';

/** The items in an order that depends on nothing but the stream. @source Fisher and Yates; Durstenfeld 1964. */
export function shuffled<T>(items: readonly T[], random: Pick<Stream, 'uniform'>): T[] {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!];
  }
  return mixed;
}
