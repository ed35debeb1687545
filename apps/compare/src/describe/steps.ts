import type { TracedTensor } from './trace.js';

/** A weight as the model reads it. */
export interface DescribedWeight {
  readonly name: string;
  readonly shape: readonly number[];
}

/** One named intermediate of the forward pass. */
export interface Step {
  readonly name: string;
  /** Of the plug-in point, that of its first bag. */
  readonly shape: readonly number[];
  /** Names of steps and inputs. */
  readonly from: readonly string[];
  /** Weights between those and it. */
  readonly weights: readonly DescribedWeight[];
  /** Values of the weights that no step before it has read. */
  readonly parameters: number;
}

/** The step at which modules are plugged in. */
export const PLUG_IN = 'plug-in point';

/**
 * Steps out of what was traced: weights apart from what flows, and the bags before and after the module as one
 * step.
 *
 * @param weights shape of every weight, by name.
 */
export function stepsOf(
  traced: readonly TracedTensor[],
  weights: Readonly<Record<string, readonly number[]>>,
): Step[] {
  const given = new Map(traced.filter(isGiven).map(({ name, from }) => [name, from]));
  const counted = new Set<string>();
  const steps: Step[] = [];
  for (const { name, shape, from } of traced) {
    if (given.has(name)) continue;
    const read = from.filter((one) => one in weights);
    const added = read.filter((one) => !counted.has(one));
    for (const one of added) counted.add(one);
    const step: Step = {
      name: isMade({ name }) ? PLUG_IN : name,
      shape,
      from: unique(from.filter((one) => !(one in weights)).flatMap(behind(isMade({ name })))),
      weights: read.map((one) => ({ name: one, shape: weights[one]! })),
      parameters: added.reduce((sum, one) => sum + size(weights[one]!), 0),
    };
    const last = steps.at(-1);
    if (last?.name === PLUG_IN && step.name === PLUG_IN) {
      steps[steps.length - 1] = { ...last, from: unique([...last.from, ...step.from]) };
    } else steps.push(step);
  }
  return steps;

  /** What a name stands for: a module's bag for the plug-in point, a bag given to it for what made the bag. */
  function behind(atPlugIn: boolean): (name: string) => readonly string[] {
    return (name) => {
      if (!atPlugIn && isMade({ name })) return [PLUG_IN];
      const behindBag = given.get(name);
      if (!behindBag) return name in weights ? [] : [name];
      return behindBag.flatMap(behind(atPlugIn));
    };
  }
}

/** Bags before and after the module, of the only call of it or of one of several. */
const isGiven = ({ name }: { readonly name: string }): boolean => /^(call\.\d+\.)?bags\.\w+$/.test(name);
const isMade = ({ name }: { readonly name: string }): boolean => /^(call\.\d+\.)?module\.\w+$/.test(name);

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}
