import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandContext, ExitCode } from '../commands/context.js';
import type { GridBenchFlags } from '../commands/grid.js';
import type { CellSpec } from '../train/cellSpec.js';
import { INPUTS_SCHEMA } from './cellInputs.js';
import type { AskedCell, GridEngine } from './engine.js';
import { localEngine } from './localEngine.js';
import { childrenOf, ownBytes } from './processTree.js';
import { rayEngine } from './rayEngine.js';

/** Run empty cells, and say what each costs and what drivers hold in memory. @throws Error if none can be run. */
export async function benchGridCommand(flags: GridBenchFlags, context: CommandContext): Promise<ExitCode> {
  const { cells: count, engine: name, maxConcurrent } = flags;
  const folder = mkdtempSync(join(tmpdir(), 'concord-grid-bench-'));
  writeFileSync(join(folder, 'study.json'), '{}');
  const cells = Array.from({ length: count }, (_, i) => emptyCell(i));
  const engine: GridEngine =
    name === 'local'
      ? localEngine(maxConcurrent, new URL('./emptyWorker.js', import.meta.url))
      : rayEngine({
          cpusPerRun: 0,
          gpusPerRun: 0,
          maxConcurrent,
          program: ['sh', 'apps/compare/bin/empty-cell.sh'],
        });
  const memory: number[] = [];
  const marks = new Set([0.1, 0.5, 1].map((share) => Math.max(1, Math.round(share * count))));
  let [done, first] = [0, 0];
  try {
    const { failed } = await engine.run(cells, {
      setting: {
        ...{ cohorts: [], cwd: context.cwd, folder, keep: false, embeddingSeed: 0 },
        synthetic: { cases: 10, shift: 0, geneSignal: 0, patchSignal: 0, seed: 0 },
      },
      ...{ limits: {}, retries: 0, signal: new AbortController().signal },
      note: (text) => void context.err.write(`${text}\n`),
      hear: {
        started: () => undefined,
        step: () => undefined,
        left: () => undefined,
        failed: ({ reason }) => void context.err.write(`${reason}\n`),
        done() {
          done += 1;
          if (done === 1) first = performance.now();
          if (marks.has(done)) memory.push(driverBytes());
        },
      },
    });
    const each = (performance.now() - first) / Math.max(1, count - 1);
    const held = memory.map((bytes) => Math.round(bytes / 2 ** 20)).join(', ');
    await context.out(
      `${name}: ${done} of ${count} empty cells, ${maxConcurrent} at once: ${each.toFixed(2)} ms a cell\n` +
        `memory of the driver after a tenth, half and all of them: ${held} MiB\n`,
    );
    return failed.length === 0 ? 0 : 2;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of this process and, with Ray, of its driver in Python. */
function driverBytes(): number {
  const drivers = childrenOf(process.pid).filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('concord_bridge.grid'),
  );
  return drivers.reduce((sum, pid) => sum + ownBytes(pid), ownBytes(process.pid));
}

function emptyCell(seed: number): AskedCell {
  const spec: CellSpec = {
    ...{ backbone: 'empty', module: 'plain', stack: 'ts', seed, scaling: 'source', sources: [], targets: [] },
    split: { fold: 0, folds: 2, seed },
    training: { epochs: 1, sampling: 'uniform', schedule: { name: 'constant' }, changes: {} },
  };
  const inputs = { schema: INPUTS_SCHEMA, config: { seed }, code: { training: '' } } as const;
  return { spec, folder: join('cells', 'empty', 'plain', 'none', `seed${seed}-fold0`), inputs };
}
