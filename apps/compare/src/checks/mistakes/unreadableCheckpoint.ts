import { relative } from 'node:path';
import { BagError, readStateDict, widen, type BagProblem } from '@concord/data';
import { openSafetensors } from '@concord/safetensors';
import { readCheckpoint } from '@concord/training';
import { FLOATS } from '../../weights/floatNames.js';
import { cannot, counted, found, notFound, table, type RunCheck } from '../check.js';

const NONE = 'no checkpoint is there';
const HELP = 'put the weights there (.safetensors, or .pt with a state dict)';
/** What this program will not read, and another might. */
const OURS: ReadonlySet<BagProblem> = new Set<BagProblem>(['unsupported', 'hostile']);

type Problem = readonly [file: string, text: string];

/** Weights that nobody can use again. */
export const unreadableCheckpoint: RunCheck = {
  id: 'checkpoint-unreadable',
  mistake: 'A checkpoint cannot be loaded.',
  effect: 'The reported C-index can be neither confirmed nor tried on another cohort.',
  remedy:
    'Save the state dict alone, whole or not at all (write a neighbour, then rename), and load it once before publishing.',
  async judge({ checkpoints, folder }) {
    const [bad, unknown]: [Problem[], Problem[]] = [[], []];
    let loaded = 0;
    for (const path of checkpoints) {
      const file = relative(folder, path);
      const say = (text: string) => [file, text.replaceAll(path, file).replace(`${file}: `, '')] as const;
      try {
        const problem = await problemOf(path);
        if (problem === undefined) loaded += 1;
        else bad.push(say(problem));
      } catch (error) {
        const kind = error instanceof BagError ? error.problem : undefined;
        // A bare tensor is no model: features, or a vector of something.
        if (kind === 'no-features') continue;
        (kind && OURS.has(kind) ? unknown : bad).push(say((error as Error).message));
      }
    }
    if (bad.length > 0) {
      return found(`${bad[0]![0]}: ${bad[0]![1]}`, table('Checkpoints', ['file', 'problem'], bad));
    }
    if (unknown.length > 0)
      return cannot(unknown[0]!.join(': '), 'save its state dict, or put it there as safetensors');
    if (loaded === 0) return cannot(NONE, HELP);
    return notFound(`${counted(loaded, 'checkpoint')} loaded, every weight a number`);
  },
};

/** @throws what the readers throw. */
async function problemOf(path: string): Promise<string | undefined> {
  if (!path.endsWith('.safetensors')) {
    return firstNoNumber([...(await readStateDict(path))]);
  }
  const file = openSafetensors(path);
  try {
    // Ours carry a digest, which says more than that the header is whole.
    if (file.metadata['about']?.includes('concord.checkpoint')) readCheckpoint(path);
    if (file.names.length === 0) return 'holds no weights';
    return firstNoNumber(
      file.names.map((name) => [name, { dtype: file.info(name).dtype, data: file.read(name) }]),
    );
  } finally {
    file.close();
  }
}

/** The first weight that is NaN or ∞; −∞ stands in masks. */
function firstNoNumber(
  tensors: readonly (readonly [
    string,
    { readonly dtype: string; readonly data: ArrayBufferView & { readonly length: number } },
  ])[],
): string | undefined {
  for (const [name, { dtype, data }] of tensors) {
    const float = FLOATS[dtype];
    if (!float) continue;
    const values = new Float32Array(data.length);
    widen(float, new Uint8Array(data.buffer, data.byteOffset, data.byteLength), values);
    const at = values.findIndex((value) => Number.isNaN(value) || value === Infinity);
    if (at >= 0) return `${name} holds ${values[at]} at ${at}`;
  }
  return undefined;
}
