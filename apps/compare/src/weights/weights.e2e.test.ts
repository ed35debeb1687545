import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  fromStateDict,
  openOptimiser,
  SURVPATH_PROTOCOL,
  toStateDict,
  trainingObjective,
} from '@concord/backbone';
import { runPython, workspaceRoot } from '@concord/baselines';
import { drawTape, initBackend, Parameters, predictSurvival, type NamedArray } from '@concord/nn';
import { writeSafetensors } from '@concord/safetensors';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configureBackbone } from '../backbones/configure.js';
import { findBackbone, loadBackbone } from '../backbones/discover.js';
import { smallInput } from '../backbones/smallInput.js';
import { readWeights } from './readWeights.js';
import { runWeights } from './run.js';
import { writeWeights } from './writeWeights.js';

const CASES = 100;
/** Four for each of the embedded cohort's 8 pathways, and 17 others. */
const TENSORS = 4 * 8 + 17;
const STEPS = 3;
const published = process.env['CONCORD_PUBLISHED'];

/**
 * Reads the state dict that TypeScript wrote, saves it as torch does, and predicts the risk of every case: with our
 * PyTorch, and where there is a checkout with the published class, which loads it strictly.
 */
const PYTHON = `
import json, sys
import torch
from pathlib import Path
from safetensors.torch import load_file
from concord_bridge.backbones.backbone import Case, open_backbone
from concord_bridge.loss import predict_survival
from concord_bridge.published.backbones.backbone import open_published
from concord_bridge.state_dict import from_state_dict

folder = Path(sys.argv[1])
asked = json.loads((folder / "asked.json").read_text())
state = load_file(folder / "trained.safetensors")
torch.save(state, folder / "trained.pt")
torch.save({name: value.double() for name, value in state.items()}, folder / "double.pt")
weights = from_state_dict(state, asked["names"], asked["ragged"])
inputs = load_file(folder / "inputs.safetensors")
cases = [Case(inputs[f"{i}.genes"], inputs[f"{i}.patches"]) for i in range(asked["cases"])]
models = {"ours": open_backbone(asked["backbone"], asked["config"], weights)}
if asked["published"]:
    model = open_published(asked["backbone"], Path(asked["published"]), asked["config"], None, asked["ragged"])
    model.model.load_state_dict(state)
    models["published"] = model
risks = {}
with torch.no_grad():
    for name, model in models.items():
        run = (lambda case: model.forward(case, None, "evaluation")) if name == "published" else model.forward
        risks[name] = [float(predict_survival(run(case).logits).risk) for case in cases]
(folder / "risks.json").write_text(json.dumps(risks))
`;

interface Risks {
  readonly ours: number[];
  readonly published?: number[];
}

let folder: string;
let risks: number[];
let trained: Record<string, NamedArray>;
let python: Risks;

const found = findBackbone(workspaceRoot(), 'survpath');
const declared = await loadBackbone(found);
const { shape, patches: count } = smallInput(declared.published);
const configured = configureBackbone(found, declared, shape);
const shapes = declared.weightShapes(configured.config);
const ragged = declared.ragged!(configured.config);

beforeAll(async () => {
  await initBackend();
  folder = mkdtempSync(join(tmpdir(), 'concord-weights-'));
  const genes = shape.pathways.reduce((sum, { length }) => sum + length, 0);
  const inputs = Object.fromEntries(
    Array.from({ length: CASES }, (_, i) => [
      [`${i}.genes`, numbers([genes], i)] as const,
      [`${i}.patches`, numbers([count, shape.patchWidth], CASES + i)] as const,
    ]).flat(),
  );
  trained = train(inputs);
  risks = risksOf(trained, inputs);
  await writeSafetensors(
    join(folder, 'inputs.safetensors'),
    Object.fromEntries(
      Object.entries(inputs).map(([name, one]) => [name, { dtype: 'F32', ...one } as const]),
    ),
  );
  await writeWeights(join(folder, 'trained.safetensors'), toStateDict(trained, ragged));
  const asked = { backbone: 'survpath', config: configured.config, names: Object.keys(shapes), ragged };
  writeFileSync(
    join(folder, 'asked.json'),
    JSON.stringify({ ...asked, cases: CASES, published: published ?? null }),
  );
  await runPython(['-c', PYTHON, folder]);
  python = JSON.parse(readFileSync(join(folder, 'risks.json'), 'utf8')) as Risks;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('weights that were trained in TypeScript', () => {
  it('give the same risks in PyTorch, and the same ranking', () => {
    expect(new Set(risks).size).toBe(CASES);
    expectSame(python.ours);
  });

  it.skipIf(!published)('give them in the published class (skipped without CONCORD_PUBLISHED)', () => {
    expectSame(python.published!);
  });
});

describe('a state dict that torch saved', () => {
  it.each(['trained.pt', 'double.pt', 'trained.safetensors'])(
    'is read from %s, bit for bit',
    async (name) => {
      const read = fromStateDict(await readWeights(join(folder, name)), shapes, ragged);
      expect(Object.keys(read)).toEqual(Object.keys(shapes));
      for (const one of Object.keys(read)) {
        expect(read[one]!.shape, one).toEqual(trained[one]!.shape);
        expect(bytes(read[one]!).equals(bytes(trained[one]!)), one).toBe(true);
      }
    },
  );

  it('is converted and fits the backbone, at one size of input and not at another', async () => {
    const to = join(folder, 'converted.safetensors');
    expect(await runWeights.convert(join(folder, 'trained.pt'), to)).toBe(
      `${TENSORS} tensors, float32 → ${to}\n`,
    );
    const model = { backbone: 'survpath', cwd: workspaceRoot(), cohort: 'blca' };
    expect(await runWeights.check(to, { ...model, preset: 'small' })).toMatchObject({ fits: true });
    const other = await runWeights.check(to, { ...model, preset: 'published' });
    expect(other).toMatchObject({ fits: false });
    expect(other.text).toMatch(/sig_networks\.0\.0\.0\.weight has shape/);
  });
});

/** Four units in the last place of a risk between 2 and 4, of which one was seen; and the same order of cases. */
function expectSame(theirs: readonly number[]): void {
  const gap = Math.max(...theirs.map((risk, i) => Math.abs(risk - risks[i]!)));
  console.log(`largest difference of ${CASES} risks: ${gap.toExponential(1)}`);
  expect(gap).toBeLessThanOrEqual(2 ** -20);
  expect(ranking(theirs)).toEqual(ranking(risks));
}

function bytes({ data }: NamedArray): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

function ranking(values: readonly number[]): number[] {
  return values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
}

function numbers(of: readonly number[], seed: number): NamedArray {
  return {
    shape: of,
    data: tf.tidy(() => tf.randomNormal([...of], 0, 1, 'float32', seed).dataSync() as Float32Array),
  };
}

function train(inputs: Readonly<Record<string, NamedArray>>): Record<string, NamedArray> {
  const model = configured.create();
  const parameters = Parameters.from(declared.initialWeights(configured.config, 5));
  const optimiser = openOptimiser(parameters, SURVPATH_PROTOCOL.optimizer);
  const { names } = parameters;
  for (let step = 0; step < STEPS; step++) {
    const tape = drawTape(model.draws(count), 1, step);
    const gradients = tf.tidy(() => {
      const label = { bin: step, censored: 0, months: 12 } as const;
      const loss = (...values: tf.Tensor[]): tf.Scalar => {
        const given = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
        const passes = [{ input: { ...caseOf(inputs, step), label }, tape }];
        return trainingObjective(model, passes, given, SURVPATH_PROTOCOL, {});
      };
      const found = tf.grads(loss)(Object.values(parameters.tensors()));
      return Object.fromEntries(names.map((name, i) => [name, found[i]!]));
    });
    optimiser.apply(gradients);
    tf.dispose(gradients);
    tape.dispose();
  }
  const values = tf.tidy(() =>
    Object.entries(parameters.tensors()).map(([name, tensor]) => {
      return [name, { shape: tensor.shape, data: tensor.dataSync() as Float32Array }] as const;
    }),
  ) as unknown as [string, NamedArray][];
  optimiser.dispose();
  parameters.dispose();
  model.dispose();
  return Object.fromEntries(values);
}

function risksOf(
  weights: Record<string, NamedArray>,
  inputs: Readonly<Record<string, NamedArray>>,
): number[] {
  const model = configured.create();
  const found = Array.from({ length: CASES }, (_, i) =>
    tf.tidy(() => {
      const given = Object.fromEntries(
        Object.entries(weights).map(([name, { shape: of, data }]) => [name, tf.tensor(data, [...of])]),
      );
      const { logits } = model.forward(caseOf(inputs, i), given, { mode: 'evaluation' });
      return predictSurvival(logits).risk.dataSync()[0]!;
    }),
  );
  model.dispose();
  return found;
}

function caseOf(inputs: Readonly<Record<string, NamedArray>>, i: number) {
  return {
    genes: tf.tensor1d(inputs[`${i}.genes`]!.data),
    patches: tf.tensor2d(inputs[`${i}.patches`]!.data, [count, shape.patchWidth]),
  };
}
