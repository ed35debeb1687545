/** After how many optimiser steps weights are compared: 1, 10, 50, as far as they go, and the last. */
export function checkpoints(steps: number): number[] {
  return [...new Set([...[1, 10, 50].filter((step) => step <= steps), steps])];
}
