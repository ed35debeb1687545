import { agrees } from '../train/cellAgreement.js';
import type { CellResult } from '../train/cellFiles.js';
import type { GridCell } from './cells.js';

/** A line for each finished cell, with the time that the others will take. */
export function gridProgress(
  total: number,
  note: (text: string) => void,
): (cell: GridCell, result: CellResult) => void {
  const started = performance.now();
  let done = 0;
  return ({ spec }, { targets, seconds, agreement }) => {
    done += 1;
    const left = (((performance.now() - started) / done) * (total - done)) / 60_000;
    const judged = targets.map(({ cohort, role, cindex }) => {
      return `${role === 'in-domain' ? 'held out' : cohort} ${cindex?.toFixed(3) ?? 'none'}`;
    });
    note(
      `${done} of ${total}: ${spec.backbone} × ${spec.module}, ${spec.sources.join('+')}, seed ${spec.seed}: ` +
        `${judged.join(', ')}${agreement ? `; both stacks ${agrees(agreement) ? 'agree' : 'DIFFER'}` : ''}; ${seconds.toFixed(1)} s, about ${left.toFixed(1)} min left`,
    );
  };
}
