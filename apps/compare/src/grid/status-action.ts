import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandContext, ExitCode } from '../commands/context.js';
import type { GridStatusFlags } from '../commands/grid.js';
import { askedOf } from './askedOf.js';
import { cellsOfStudy, gridStatus } from './gridStatus.js';
import { statusJson, tellStatus } from './tellStatus.js';

const WATCH_MS = 2000;

/** Say how a study stands; with `watch` whenever that changes, until nobody works there. @throws Error if it cannot. */
export async function statusCommand(
  place: string,
  { why = false, watch = false, json = false }: GridStatusFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const study = askedOf(context.cwd, place);
  const cells = await cellsOfStudy(study, context);
  let before = '';
  for (;;) {
    const status = gridStatus(study.folder, cells);
    const counts = JSON.stringify(status.counts);
    if (counts !== before) {
      await context.out(
        json
          ? `${JSON.stringify(statusJson(status), null, watch ? 0 : 2)}\n`
          : tellStatus(status, context.cwd, why, Date.now()),
      );
    }
    before = counts;
    if (!watch || !status.holder) return 0;
    await sleep(WATCH_MS);
  }
}
