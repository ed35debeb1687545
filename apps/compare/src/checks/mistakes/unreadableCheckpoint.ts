import { relative } from 'node:path';
import { readStateDict, widen } from '@concord/data';
import { openSafetensors } from '@concord/safetensors';
import { readCheckpoint } from '@concord/training';
import { FLOATS } from '../../weights/floatNames.js';
import { cannot, counted, found, notFound, table, type RunCheck } from '../check.js';

/** Weights that nobody can use again. */
export const unreadableCheckpoint: RunCheck = {
  id: 'checkpoint-unreadable',
  mistake: 'A checkpoint cannot be loaded.',
  effect: 'The reported C-index can be neither confirmed nor tried on another cohort.',
  remedy:
    'Save the state dict alone, whole or not at all (write a neighbour, then rename), and load it once before publishing.',
  async judge({ checkpoints, folder }) {
    if (checkpoints.length === 0) {
      return cannot(
        'no checkpoint is there',
        'put the weights there (.safetensors, or .pt with a state dict)',
      );
    }
    const problems: (readonly [string, string])[] = [];
    for (const path of checkpoints) {
      const file = relative(folder, path);
      const problem = await problemOf(path).catch((error: unknown) =>
        (error as Error).message.replaceAll(path, file).replace(`${file}: `, ''),
      );
      if (problem !== undefined) problems.push([file, problem]);
    }
    if (problems.length === 0)
      return notFound(`${counted(checkpoints.length, 'checkpoint')} loaded, every weight a number`);
    return found(
      `${problems[0]![0]}: ${problems[0]![1]}`,
      table('Checkpoints', ['file', 'problem'], problems),
    );
  },
};

/** @throws what the readers throw. */
async function problemOf(path: string): Promise<string | undefined> {
  if (!path.endsWith('.safetensors')) {
    return firstNotFinite([...(await readStateDict(path))]);
  }
  const file = openSafetensors(path);
  try {
    // Ours carry a digest, which says more than that the header is whole.
    if (file.metadata['about']?.includes('concord.checkpoint')) readCheckpoint(path);
    if (file.names.length === 0) return 'holds no weights';
    return firstNotFinite(
      file.names.map((name) => [name, { dtype: file.info(name).dtype, data: file.read(name) }]),
    );
  } finally {
    file.close();
  }
}

function firstNotFinite(
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
    const at = values.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) return `${name} holds ${values[at]} at ${at}`;
  }
  return undefined;
}
