import { gelu, plus, type Draw, type ForwardPass } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { PibdConfig, TokenCounts } from './config.js';
import { droppedAttention } from './droppedAttention.js';

const DROPOUT = 0.1;
const KINDS = ['histology', 'pathways', 'global'] as const;
type Kind = (typeof KINDS)[number];

/** Tokens of several bags, [bags, tokens, width] each; the global ones are one a bag. */
export type DisentangledTokens = Readonly<Record<Kind, tf.Tensor3D>>;

/**
 * The disentangled Transformer: one pre-norm layer shared by three kinds of tokens. Histology and pathway tokens
 * look at their own kind, the global token at all. All kinds go through the layer one below the other.
 *
 * Taps `pid.*` have the rows of every bag, histology first, the global token last.
 *
 * @returns the tokens after the layer, owned by the caller.
 * @source zylbuaa/PIBD@bd5bd94, models/disentangle_transformer.py, `MITransformerLayer`.
 */
export function disentangle(pass: ForwardPass, given: DisentangledTokens, heads: number): DisentangledTokens {
  const bags = given.histology.shape[0];
  const counts = KINDS.map((kind) => given[kind].shape[1]);
  const tokens = tf.concat<tf.Tensor3D>(
    KINDS.map((kind) => given[kind]),
    1,
  );
  const [, length, width] = tokens.shape;
  const rows = tf.reshape(tokens, [-1, width]) as tf.Tensor2D;
  const attended = tf.tidy(() =>
    attention(pass, pass.layerNorm('PID.norm1', rows, 'pid.norm1'), bags, counts, heads),
  );
  const between = plus(rows, dropPath(pass, 'pid.attention.path', attended, bags, counts));
  const after = plus(
    between,
    dropPath(
      pass,
      'pid.mlp.path',
      tf.tidy(() => feedForward(pass, pass.layerNorm('PID.norm2', between, 'pid.norm2'))),
      bags,
      counts,
    ),
  );
  const out = tf.reshape(pass.see('pid.out', after), [bags, length, width]);
  const [histology, pathways, global] = tf.split(out, counts, 1) as tf.Tensor3D[];
  return { histology: histology!, pathways: pathways!, global: global! };
}

/** Draws of `disentangle` in one training step. */
export function disentangleDraws({ subBags, heads, width }: PibdConfig, counts: TokenCounts): Draw[] {
  const { patches, pathways } = counts;
  const rows = subBags * (patches + pathways + 1);
  const keep = (name: string, shape: readonly number[]): Draw => ({ name, kind: 'keep', shape, p: DROPOUT });
  return [
    keep('pid.attention.histology.dropout', [subBags, heads, patches, patches]),
    keep('pid.attention.pathways.dropout', [subBags, heads, pathways, pathways]),
    keep('pid.attention.global.dropout', [subBags, heads, 1, 1 + patches + pathways]),
    keep('pid.projection.dropout', [rows, width]),
    keep('pid.attention.path', [subBags, KINDS.length]),
    keep('pid.mlp.hidden.dropout', [rows, width]),
    keep('pid.mlp.out.dropout', [rows, width]),
    keep('pid.mlp.path', [subBags, KINDS.length]),
  ];
}

function attention(
  pass: ForwardPass,
  rows: tf.Tensor2D,
  bags: number,
  counts: readonly number[],
  heads: number,
): tf.Tensor2D {
  const width = rows.shape[1];
  const qkv = tf.reshape(pass.linear('PID.attn.qkv', rows, 'pid.qkv'), [bags, -1, 3, heads, width / heads]);
  const ofHeads = tf.transpose(qkv, [2, 0, 3, 1, 4]); // [3, bags, heads, tokens, channels]
  const [query, key, value] = [0, 1, 2].map((i) => {
    const one = tf.squeeze(tf.slice(ofHeads, i, 1), [0]) as tf.Tensor4D;
    return tf.split(one, [...counts], 2) as tf.Tensor4D[]; // histology, pathways, global
  });
  const globalFirst = (parts: tf.Tensor4D[]) => tf.concat<tf.Tensor4D>([parts[2]!, parts[0]!, parts[1]!], 2);
  const seen = [
    [key![0]!, value![0]!],
    [key![1]!, value![1]!],
    [globalFirst(key!), globalFirst(value!)],
  ] as const;
  const attended = KINDS.map((kind, i) =>
    droppedAttention(pass, `pid.attention.${kind}`, [query![i]!, ...seen[i]!], DROPOUT),
  );
  const together = tf.transpose(tf.concat(attended, 2), [0, 2, 1, 3]); // [bags, tokens, heads, channels]
  const projected = pass.linear('PID.attn.proj', tf.reshape(together, [-1, width]), 'pid.projection');
  return pass.dropout('pid.projection.dropout', projected, DROPOUT);
}

function feedForward(pass: ForwardPass, rows: tf.Tensor2D): tf.Tensor2D {
  const hidden = gelu(pass.linear('PID.mlp.fc1', rows, 'pid.mlp.hidden'));
  const dropped = pass.dropout('pid.mlp.hidden.dropout', hidden, DROPOUT);
  return pass.dropout('pid.mlp.out.dropout', pass.linear('PID.mlp.fc2', dropped, 'pid.mlp.out'), DROPOUT);
}

/** Stochastic depth: the whole branch of a kind of tokens of a bag is dropped. */
function dropPath(
  pass: ForwardPass,
  name: string,
  rows: tf.Tensor2D,
  bags: number,
  counts: readonly number[],
): tf.Tensor2D {
  if (!pass.training) return rows;
  const kept = tf.div(pass.draw(name, [bags, KINDS.length]), 1 - DROPOUT);
  const kindOf = tf.tensor1d(
    counts.flatMap((count, kind) => new Array<number>(count).fill(kind)),
    'int32',
  );
  return tf.mul(rows, tf.reshape(tf.gather(kept, kindOf, 1), [-1, 1]));
}
