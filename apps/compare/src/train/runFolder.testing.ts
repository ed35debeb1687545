import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listCheckpoints } from '@concord/training';
import type { CellResult } from './cellFiles.js';

const FILES = ['risks.csv', 'metrics.csv', 'steps.csv', 'embeddings.csv', 'config.json'];

/** Everything that a run leaves in its folder, but for the time that it took and the events of TensorBoard. */
export function digestsOf(folder: string): Record<string, string> {
  const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
  const { seconds: _, ...result } = JSON.parse(
    readFileSync(join(folder, 'result.json'), 'utf8'),
  ) as CellResult;
  return {
    ...Object.fromEntries(FILES.map((name) => [name, digest(join(folder, name))])),
    checkpoint: digest(listCheckpoints(join(folder, 'checkpoints'))[0]!),
    result: JSON.stringify(result),
  };
}
