import type { TransportOptions } from '@concord/nn';
import { embeddingShapes, summaryShapes, type McatConfig } from '@concord/backbone-mcat';

/** What fixes MOTCat's shapes, and its transport. */
export interface MotcatConfig extends McatConfig {
  readonly transport: TransportOptions;
}

/** Shape of every weight: MCAT's without the co-attention. */
export function weightShapes(config: MotcatConfig): Record<string, readonly number[]> {
  return { ...embeddingShapes(config), ...summaryShapes(config) };
}
