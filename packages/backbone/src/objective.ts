import type { BagModule } from '@concord/modules';
import type { Mode, SurvivalLabel, TakeFactors, Tap, TapeReader, Weights } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { BackboneModel, CaseInput, Output } from './backbone.js';
import type { LossSpec, Protocol } from './protocol.js';
import { predict, survivalLoss } from './survivalLoss.js';

/** One forward pass of a batch. */
export interface LabelledPass {
  readonly input: CaseInput & { readonly label: SurvivalLabel };
  /** Needed in training. */
  readonly tape?: TapeReader;
}

/** How the passes of a batch are run. */
export interface ObjectiveOptions {
  readonly mode: Mode;
  readonly module?: BagModule;
  /** Sees the first pass's intermediates and prediction, and each term of the loss. */
  readonly tap?: Tap;
  /** Takes gradients as factors where a layer has them so; for one pass without an L1 penalty only. */
  readonly takeFactors?: TakeFactors;
}

/**
 * The loss of a batch with the backbone's own terms, before it is divided and penalised.
 *
 * @param passes of the batch's cases, borrowed; at least one.
 * @returns scalar, owned by the caller.
 */
export function batchLoss(
  model: BackboneModel,
  passes: readonly LabelledPass[],
  weights: Weights,
  loss: LossSpec,
  { mode, module, tap, takeFactors }: ObjectiveOptions,
): tf.Scalar {
  return tf.tidy(() => {
    const outputs = forwardAll(model, passes, weights, {
      mode,
      ...(module && { module }),
      ...(tap && { tap }),
      ...(takeFactors && { takeFactors }),
    });
    const see = (name: string, tensor: tf.Tensor): void => tap?.(name, tensor);
    for (const [name, tensor] of Object.entries(predict(loss, outputs[0]!.logits))) see(name, tensor);
    const logits = tf.concat<tf.Tensor2D>(outputs.map((output) => output.logits));
    const labels = passes.map(({ input }) => input.label);
    const terms: tf.Tensor[] = [survivalLoss(loss, logits, labels)];
    see('likelihood', terms[0]!);
    const own = outputs.flatMap(({ auxiliary }) => auxiliary ?? []);
    if (own.length > 0) {
      terms.push(tf.addN(own));
      see('auxiliary', terms.at(-1)!);
    }
    if (mode === 'training' && model.couple) {
      const tape = passes[0]!.tape;
      terms.push(model.couple(outputs, weights, { mode, ...(tape && { tape }), ...(tap && { tap }) }));
      see('coupled', terms.at(-1)!);
    }
    return tf.addN(terms) as tf.Scalar;
  });
}

/**
 * What the gradients of one micro-step are taken of: the loss of a batch, divided by how many of them make a
 * step, and the L1 penalty, which published code does not divide.
 */
export function trainingObjective(
  model: BackboneModel,
  passes: readonly LabelledPass[],
  weights: Weights,
  { loss, accumulate, l1 }: Pick<Protocol, 'loss' | 'accumulate' | 'l1'>,
  options: Omit<ObjectiveOptions, 'mode'>,
): tf.Scalar {
  return tf.tidy(() => {
    const own = batchLoss(model, passes, weights, loss, { ...options, mode: 'training' });
    const divided = accumulate === 1 ? own : tf.div<tf.Scalar>(own, accumulate);
    const total = l1 ? tf.add<tf.Scalar>(divided, l1Penalty(l1, weights)) : divided;
    options.tap?.('loss', total);
    return total;
  });
}

/** The output of every case of a batch; the tap sees the first one. */
function forwardAll(
  model: BackboneModel,
  passes: readonly LabelledPass[],
  weights: Weights,
  { tap, ...options }: ObjectiveOptions,
): Output[] {
  if (model.forwardBatch) return model.forwardBatch(passes, weights, { ...options, ...(tap && { tap }) });
  return passes.map(({ input, tape }, i) =>
    model.forward(input, weights, { ...options, ...(tape && { tape }), ...(tap && i === 0 && { tap }) }),
  );
}

/** λ Σ |w| over the weights whose names begin so; the gradient of |0| is 0, as torch's. */
function l1Penalty({ lambda, prefixes }: NonNullable<Protocol['l1']>, weights: Weights): tf.Scalar {
  const chosen = Object.entries(weights).filter(([name]) =>
    prefixes.some((prefix) => name.startsWith(prefix)),
  );
  const sums = chosen.map(([, weight]) => tf.sum(absolute(weight)));
  return tf.mul(tf.addN(sums), lambda);
}

const absolute = tf.customGrad((x, save) => {
  (save as (tensors: tf.Tensor[]) => void)([x as tf.Tensor]);
  return {
    value: tf.abs(x as tf.Tensor),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, tf.sign(saved[0]!)),
  };
}) as (x: tf.Tensor) => tf.Tensor;
