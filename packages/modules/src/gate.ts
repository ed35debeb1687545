import type { TapeReader } from '@concord/nn';

/** Whether an augmentation acts in this step: the published rule, `draw <= p`. */
export function gateIsOpen(tape: TapeReader, name: string, p: number): boolean {
  return tape.values(name)[0]! <= p;
}
