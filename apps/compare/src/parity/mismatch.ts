import type { TensorQuantity } from './quantity.js';
import { dtypeOf, sameShape, type HostTensor } from './tensor.js';

/** What is wrong with the shapes, if anything: axes that differ, or an array of another length than its shape. */
export function shapeMismatch({ ts, oracle, torch32, published }: TensorQuantity): string | undefined {
  const runs = {
    TypeScript: ts,
    'PyTorch float32': torch32,
    ...(published && { 'the published class': published }),
  };
  for (const [run, tensor] of Object.entries({ 'the oracle': oracle, ...runs })) {
    const size = tensor.shape.reduce((product, n) => product * n, 1);
    if (tensor.data.length !== size) {
      return `shape: ${run} says [${tensor.shape.join(', ')}] and holds ${tensor.data.length} numbers`;
    }
    if (!sameShape(tensor.shape, oracle.shape)) {
      return `shape: ${run} has [${tensor.shape.join(', ')}], the oracle [${oracle.shape.join(', ')}]`;
    }
  }
  return undefined;
}

/** What is wrong with the dtypes, if anything. An oracle in float32 would be no oracle. */
export function dtypeMismatch({ kind, ts, oracle, torch32, published }: TensorQuantity): string | undefined {
  const given = `TypeScript ${dtypeOf(ts.data)}, PyTorch ${dtypeOf(torch32.data)}, oracle ${dtypeOf(oracle.data)}`;
  if (kind === 'exact') {
    const isFloat = (tensor: HostTensor) => dtypeOf(tensor.data).startsWith('float');
    return isFloat(ts) === isFloat(torch32)
      ? undefined
      : `dtype: ${given}; one is a float, the other an integer`;
  }
  const expected =
    ts.data instanceof Float32Array &&
    torch32.data instanceof Float32Array &&
    oracle.data instanceof Float64Array &&
    (!published || published.data instanceof Float32Array);
  return expected ? undefined : `dtype: ${given}; expected float32, float32, float64`;
}
