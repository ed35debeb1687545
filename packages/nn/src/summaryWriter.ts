import { createRequire } from 'node:module';
import { isNative } from './backend.js';

/** Writes event files that TensorBoard reads. */
export interface SummaryWriter {
  scalar(name: string, value: number, step: number): void;
  flush(): void;
}

const require = createRequire(import.meta.url);

/** A writer of event files in this folder, where the native backend is in use; nothing elsewhere. */
export function openSummaryWriter(folder: string): SummaryWriter | undefined {
  if (!isNative()) return undefined;
  const { node } = require('@tensorflow/tfjs-node-gpu') as {
    readonly node: { summaryFileWriter(folder: string): SummaryWriter };
  };
  return node.summaryFileWriter(folder);
}
