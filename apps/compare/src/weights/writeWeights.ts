import type { StateDict } from '@concord/backbone';
import { writeSafetensors } from '@concord/safetensors';

/** Write weights as float32 to a safetensors file, which `safetensors.torch.load_file` reads. */
export async function writeWeights(path: string, state: StateDict): Promise<void> {
  const tensors = Object.entries(state).map(([name, { shape, data }]) => {
    return [name, { dtype: 'F32', shape, data } as const] as const;
  });
  await writeSafetensors(path, Object.fromEntries(tensors));
}
