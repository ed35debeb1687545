import type { Bridge } from '@concord/baselines';
import { PublishedFailure, released } from '@concord/modules';
import { drawTape } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { Finding, Subject } from './report.js';

/** A place where the published class fails, as the Python side saw it fail. */
interface SeenFailure {
  readonly where: 'unequal bags' | 'two axes' | 'representation';
  readonly line: number;
  readonly type: string;
  readonly message: string;
}

const SOURCE = 'HopkinsKwong/MCCSDG@48d5410, models/model_SurvPath(MCCSDG).py';

/**
 * Where the released module fails, on the shapes that its own documentation gives: tried here in TypeScript
 * and, with a checkout, on the published class itself.
 *
 * @throws Error if TypeScript does not fail there, which would make `released` another module.
 */
export async function releasedFindings(
  subject: Subject,
  [weak, strong]: readonly [number, number],
  bridge: Bridge,
  published?: string,
): Promise<Finding[]> {
  const seen = published
    ? await bridge.call<SeenFailure[]>('published.failures', { published, weak, strong })
    : [];
  const tried = {
    'unequal bags': () => failure([1, weak, 8], [1, strong, 8]),
    'two axes': () => failure([weak, 8], [strong, 8]),
  };
  const findings = Object.entries(tried).map(([where, run]) => {
    const ours = run();
    const theirs = seen.find((one) => one.where === where);
    const witness = theirs
      ? `The published class, run here, raises ${theirs.type} at line ${theirs.line}: ${theirs.message}`
      : 'No checkout was given, so the published class itself was not run here.';
    if (theirs && theirs.line !== ours.line) {
      throw new Error(`released fails at line ${ours.line}, the published class at line ${theirs.line}`);
    }
    return finding(
      `The released module fails on ${where === 'two axes' ? 'tensors of two axes' : `bags of ${weak} and ${strong} tokens`}`,
      `${ours.where}: ${ours.why}. ${witness}`,
      ours.line,
    );
  });
  const text = seen.find((one) => one.where === 'representation');
  if (text)
    findings.push(
      finding('The released module cannot be printed', `${text.type}: ${text.message}`, text.line),
    );
  return findings;

  function finding(title: string, detail: string, line: number): Finding {
    return { subject, kind: 'published-fails', title, detail, source: `${SOURCE}, line ${line}` };
  }
}

/** Bags of two axes are what is tried here, whatever the type says. */
type Axes = [number, number, number];

/** How `released` fails on bags of these shapes. */
function failure(weak: number[], strong: number[]): PublishedFailure {
  const module = released({ pAug: 1 });
  const sizes = { weak: weak.at(-2)!, strong: strong.at(-2)!, width: weak.at(-1)! };
  const tape = drawTape(module.draws(sizes), 0, 0);
  try {
    tf.tidy(() => {
      const bags = { weak: tf.ones<tf.Rank.R3>(weak as Axes), strong: tf.ones<tf.Rank.R3>(strong as Axes) };
      module.apply(bags, tape, 'training');
    });
  } catch (error) {
    if (error instanceof PublishedFailure) return error;
    throw error;
  } finally {
    tape.dispose();
  }
  throw new Error(
    `released runs on bags [${weak.join(', ')}] and [${strong.join(', ')}], the published class does not`,
  );
}
