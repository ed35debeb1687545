import { compare } from './compare.js';
import { packedParts, type Stacked } from './packedParts.js';
import type { Comparison, DecisionQuantity, TensorQuantity } from './quantity.js';
import type { TensorSource } from './pythonWitness.js';
import type { ParityRow, Stage, Subject } from './report.js';
import type { Outputs } from './typescriptWitness.js';

/** What the three runs of one stage found. */
export interface StageResults {
  readonly ts: Outputs;
  readonly oracle: TensorSource;
  readonly torch32: TensorSource;
  readonly published?: TensorSource;
  /** Python names gradients `grad.<weight>`; TypeScript's outputs are named without. */
  readonly prefix?: string;
  readonly stacked: Stacked;
}

/**
 * Compare all quantities of one stage, in the order in which TypeScript computed them.
 *
 * A quantity that only one stack has is a row that fails: nothing is left out silently.
 */
export function judgeStage(
  subject: Subject,
  stage: Stage,
  { ts, oracle, torch32, published, prefix = '', stacked }: StageResults,
  factor: number,
): ParityRow[] {
  const found = [...ts.keys()].flatMap((name): Comparison[] => {
    if (oracle.has(violationOf(name))) return [compare(decision(name), { factor })];
    if (!oracle.has(prefix + name) || !torch32.has(prefix + name)) {
      return [absent(name, 'PyTorch has no such quantity')];
    }
    return packedParts(tensors(name), stacked).map((quantity) => compare(quantity, { factor }));
  });
  const extra = oracle.names
    .filter((name) => expected(name) && !ts.has(name.slice(prefix.length)))
    .map((name) => absent(name, 'TypeScript has no such quantity'));
  return [...found, ...extra].map((comparison, order) => ({ ...subject, stage, order, ...comparison }));

  function tensors(name: string): TensorQuantity {
    const spoken = published?.has(prefix + name) ? published.read(prefix + name) : undefined;
    return {
      name,
      kind: isMask(name) ? 'exact' : 'real',
      ts: ts.get(name)!,
      oracle: oracle.read(prefix + name),
      torch32: torch32.read(prefix + name),
      ...(spoken && { published: spoken }),
    };
  }

  /** A decision is judged by how well both stacks know what it was taken from. */
  function decision(name: string): DecisionQuantity {
    const basis = compare(tensors(basisOf(name, (other) => ts.has(other))), { factor });
    return {
      name,
      kind: 'decision',
      shape: ts.get(name)!.shape,
      violation: oracle.read(violationOf(name)).data[0]!,
      basis: { scale: basis.scale, errorTorch32: basis.errorTorch32 },
    };
  }

  function expected(name: string): boolean {
    const ofThisKind = prefix ? name.startsWith(prefix) : !name.startsWith('grad.');
    return ofThisKind && !name.endsWith('.violation');
  }
}

/** Where the oracle says how far a replayed decision is from one of its own. */
function violationOf(name: string): string {
  return `${name}.violation`;
}

/** The real-valued quantity that a decision was taken from. */
function basisOf(decision: string, has: (name: string) => boolean): string {
  const [, call, name] = /^(call\.\d+\.)?(.*)$/.exec(decision)!;
  const prefix = call ?? '';
  const stem = name!.slice(0, name!.lastIndexOf('.'));
  const side = name!.endsWith('.strong') ? 'strong' : 'weak';
  const bases = [stem, `${stem}.probability`, `${stem}.attention`, `sdir.${side}`].map(
    (basis) => prefix + basis,
  );
  return bases.find(has) ?? `${prefix}bags.${side}`;
}

/** Masks decide about tokens; they have to be equal, not close. */
function isMask(name: string): boolean {
  return /\.keep(\.|$)/.test(name);
}

function absent(quantity: string, reason: string): Comparison {
  return {
    quantity,
    kind: 'real',
    shape: [],
    scale: 0,
    errorTs: Infinity,
    errorTorch32: 0,
    yardstick: 0,
    limit: 0,
    ratio: Infinity,
    pass: false,
    reason,
  };
}
