import { resolve } from 'node:path';
import type { CommandContext } from '../commands/context.js';
import { writeAtomic } from '../files/write-atomic.js';

/** Most lines of problems that a terminal is given; the rest is in the JSON. */
const MOST_LINES = 20;

/** Hand a report over: JSON to the file or to standard output, words to whoever did not ask for JSON there. */
export async function reportOut(
  report: object,
  text: string,
  json: string | undefined,
  context: CommandContext,
): Promise<void> {
  const figures = `${JSON.stringify(report, null, 2)}\n`;
  if (json !== undefined && json !== '-') writeAtomic(resolve(context.cwd, json), figures);
  await context.out(json === '-' ? figures : text);
}

/** The first lines of many, and how many more there are. */
export function firstLines(lines: readonly string[]): string[] {
  if (lines.length <= MOST_LINES) return [...lines];
  return [
    ...lines.slice(0, MOST_LINES),
    `  and ${lines.length - MOST_LINES} more; --json FILE names them all`,
  ];
}
