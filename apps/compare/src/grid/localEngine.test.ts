import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { INPUTS_SCHEMA } from './cellInputs.js';
import type { AskedCell } from './engine.js';
import { localEngine } from './localEngine.js';

let home: string;
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'concord-local-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Answers at once, but for the cell of seed 1, which holds 400 MiB and does not end. */
const WORKER = `
let held;
process.on('message', (asked) => {
  if (asked.cell?.spec.seed !== 1) return process.send({ answer: asked.cell ? { seconds: 0, targets: [] } : null });
  held = Buffer.alloc(400 * 2 ** 20, 1);
  setInterval(() => held[0], 1000);
});
process.on('disconnect', () => process.exit(0));
`;

function cell(seed: number): AskedCell {
  const spec = { seed } as AskedCell['spec'];
  const inputs = { schema: INPUTS_SCHEMA, config: { seed }, code: { training: '' } } as const;
  return { spec, folder: join('cells', String(seed)), inputs };
}

it('ends the one cell that holds too much memory, by name, and finishes the others', async () => {
  const program = join(home, 'worker.mjs');
  writeFileSync(program, WORKER);
  const done: string[] = [];
  const outcome = await localEngine(2, pathToFileURL(program)).run([0, 1, 2, 3, 4].map(cell), {
    setting: {
      ...{ cohorts: [], cwd: home, folder: home, keep: false, embeddingSeed: 0 },
      synthetic: { cases: 10, shift: 0, geneSignal: 0, patchSignal: 0, seed: 0 },
    },
    ...{ limits: { megabytes: 250 }, retries: 3, signal: new AbortController().signal },
    note: () => undefined,
    hear: {
      started: () => undefined,
      step: () => undefined,
      left: () => undefined,
      failed: () => undefined,
      done: ({ folder }) => void done.push(folder),
    },
  });
  expect(done.sort()).toEqual([0, 2, 3, 4].map((seed) => join('cells', String(seed))));
  expect(outcome).toMatchObject({
    ...{ done: 4, interrupted: false },
    failed: [{ kind: 'memory', attempts: 1, cell: { folder: join('cells', '1') } }],
  });
  expect(outcome.failed[0]!.reason).toMatch(/^holds \d+ MiB of memory, more than 250 \(--memory\)$/);
});
