import type { Tensor } from '@tensorflow/tfjs-core';

/** Dropout and the modules' draws act in training only. */
export type Mode = 'training' | 'evaluation';

/**
 * Looks at a named intermediate of a forward pass. The tensor is borrowed: whoever wants to keep it
 * clones it and keeps the clone.
 */
export type Tap = (name: string, tensor: Tensor) => void;
