import type { PublishedHelp } from './backbone.js';

/** Lines of a published file that move a tensor to CUDA, there or not. */
export function movedToCuda(file: string, lines: readonly number[]): PublishedHelp[] {
  const detail = 'moves a tensor to CUDA, there or not; run here with `.cuda()` as the identity';
  return lines.map((line) => ({ file, line, detail }));
}
