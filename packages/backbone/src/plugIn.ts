import type { Bags, Side } from '@concord/modules';
import type { Tap, TapeReader } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { ForwardOptions } from './backbone.js';

/** Tokens of both modalities at the plug-in point, each [tokens, width]. */
export interface TokenBags {
  /** Gene tokens. */
  readonly weak: tf.Tensor2D;
  /** Patch tokens. */
  readonly strong: tf.Tensor2D;
}

/**
 * The plug-in point of a backbone of two modalities: what the module makes of both bags. Taps `bags.*` show
 * what it was given, `module.*` what it gave back. Call it inside a `tidy`.
 */
export function plugIn(given: TokenBags, { module, tape, mode, tap }: ForwardOptions): TokenBags {
  if (!module || module.name === 'plain') return given;
  see('bags', given, tap);
  const bags: Bags = { weak: tf.expandDims(given.weak), strong: tf.expandDims(given.strong) };
  const made = module.apply(bags, tape ?? noTape, mode, tap);
  const out = {
    weak: tf.squeeze<tf.Tensor2D>(made.weak, [0]),
    strong: tf.squeeze<tf.Tensor2D>(made.strong, [0]),
  };
  see('module', out, tap);
  return out;
}

/**
 * One of several calls of the module in one pass, each with draws, decisions and taps of its own.
 *
 * @param call from 0; the plug-in point says how many there are.
 */
export function plugInCall(
  call: number,
  given: TokenBags,
  { tape, tap, ...options }: ForwardOptions,
): TokenBags {
  const prefix = callPrefix(call);
  return plugIn(given, {
    ...options,
    ...(tape && { tape: under(prefix, tape) }),
    ...(tap && { tap: (name, tensor) => tap(prefix + name, tensor) }),
  });
}

/** What the names of a call's draws begin with. */
export function callPrefix(call: number): string {
  return `call.${call}.`;
}

function under(prefix: string, tape: TapeReader): TapeReader {
  return {
    read: (name, shape) => tape.read(prefix + name, shape),
    values: (name) => tape.values(prefix + name),
    decide: (name, data, shape) => tape.decide(prefix + name, data, shape),
  };
}

/**
 * The plug-in point of a backbone of one modality: the part of the module that works on one bag.
 *
 * @param tokens [tokens, width].
 * @throws Error if the module has no such part.
 */
export function plugInOne(
  side: Side,
  tokens: tf.Tensor2D,
  { module, tape, mode, tap }: ForwardOptions,
): tf.Tensor2D {
  if (!module || module.name === 'plain') return tokens;
  if (!module.single) throw new Error(`${module.name} needs two bags; this backbone has one`);
  tap?.(`bags.${side}`, tokens);
  const made = module.single.apply(side, tf.expandDims(tokens), tape ?? noTape, mode, tap);
  const out = tf.squeeze<tf.Tensor2D>(made, [0]);
  tap?.(`module.${side}`, out);
  return out;
}

/** In place of a plug-in point, in a backbone without tokens. @throws Error if there is a module to plug in. */
export function plugInNone({ module }: ForwardOptions): void {
  if (module && module.name !== 'plain') {
    throw new Error(`${module.name} needs a bag of tokens; this backbone has none`);
  }
}

function see(prefix: string, { weak, strong }: TokenBags, tap?: Tap): void {
  tap?.(`${prefix}.weak`, weak);
  tap?.(`${prefix}.strong`, strong);
}

/** Evaluation does not draw; a module that tries says so. */
const noTape: TapeReader = { read: refuse, values: refuse, decide: refuse };

function refuse(name: string): never {
  throw new Error(`${name} was asked of the tape, but none was given`);
}
