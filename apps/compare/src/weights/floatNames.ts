import type { FloatType } from '@concord/data';

/** What safetensors and torch call the floats. */
export const FLOATS: Readonly<Record<string, FloatType>> = {
  ...{ F64: 'float64', F32: 'float32', F16: 'float16', BF16: 'bfloat16' },
  ...{ float64: 'float64', float32: 'float32', float16: 'float16', bfloat16: 'bfloat16' },
};
