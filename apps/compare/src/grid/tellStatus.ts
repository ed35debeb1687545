import { relative } from 'node:path';
import { cellName } from './cellName.js';
import type { Estimate } from './estimate.js';
import { STANDS, type GridStatus, type StandingCell } from './gridStatus.js';

/** Version of the form of a status. */
const STATUS_SCHEMA = 'concord.grid-status/1';
/** Lines on single cells, where not all are asked for. */
const FEW = 10;

/** A status for people. @param why name every cell that is not done. @param now milliseconds since 1970. */
export function tellStatus(status: GridStatus, cwd: string, why: boolean, now: number): string {
  const { folder, holder, cells, counts, estimate } = status;
  const place = relative(cwd, folder.study) || '.';
  const counted = STANDS.filter((kind) => counts[kind] > 0).map((kind) => `${counts[kind]} ${kind}`);
  const lines = [`${place}: ${cells.length} cells: ${counted.join(', ')}`];
  if (holder) lines.push(`at work: ${holder.doing} (process ${holder.pid} on ${holder.place.split(' ')[0]})`);
  lines.push(...toldEstimate(estimate));
  const shown = cells.filter(({ state: { kind } }) => {
    return why ? kind !== 'done' : kind === 'running' || kind === 'failed';
  });
  const few = why ? shown : shown.slice(0, FEW);
  lines.push(...few.map((one) => `  ${toldCell(one, now)}`));
  const more = shown.length - few.length;
  if (more > 0 || (!why && counts.stale > 0)) {
    lines.push(`  ${more > 0 ? `and ${more} more; ` : ''}--why names every cell that is not done`);
  }
  return `${lines.join('\n')}\n`;
}

/** A status for programs. */
export function statusJson({ folder, holder, cells, counts, estimate }: GridStatus): object {
  return {
    ...{ schema: STATUS_SCHEMA, folder: folder.study, counts, estimate },
    ...(holder && { holder: { doing: holder.doing, pid: holder.pid, place: holder.place } }),
    cells: cells.map(({ cell, state: { kind, ...rest } }) => ({
      ...{ folder: cell.folder, name: cellName(cell), state: kind, ...rest },
      ...(kind === 'failed' && { log: folder.log(cell.folder) }),
    })),
  };
}

function toldCell({ cell, state }: StandingCell, now: number): string {
  const name = cellName(cell);
  if (state.kind === 'stale') return `stale    ${name}: ${state.why.join(', ')} changed`;
  if (state.kind === 'running') {
    const { where, since, steps } = state.record;
    return `running  ${name}: ${where}, for ${duration((now - Date.parse(since)) / 1000)}, ${steps} steps`;
  }
  if (state.kind === 'failed') {
    const { kind, reason, attempts } = state.failure;
    const often = attempts > 1 ? `, begun ${attempts} times` : '';
    return `failed   ${name}: ${reason} (${kind}${often}); log: ${cell.folder.replace(/^/, '.grid/')}/log.txt`;
  }
  return `${state.kind.padEnd(8)} ${name}`;
}

function toldEstimate({ seconds, cells, unknown, atOnce }: Estimate): string[] {
  const lines: string[] = [];
  if (cells > 0) {
    const [low, high] = seconds.map((one) => duration(one / Math.max(1, atOnce)));
    const range = low === high ? low : `${low} to ${high}`;
    const how = atOnce > 1 ? `${atOnce} at once` : 'one at a time';
    lines.push(`left: ${range} for ${cells} cells, ${how}, by those that are done; starts not counted`);
  }
  const names = Object.entries(unknown).map(([name, count]) => `${count} of ${name}`);
  if (names.length > 0) lines.push(`not known, because none is done yet: ${names.join(', ')}`);
  return lines;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
