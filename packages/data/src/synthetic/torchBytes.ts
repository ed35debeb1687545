import { zipSync } from 'fflate';

/** Archives of one content have one digest, whenever they are written. */
const MTIME = new Date(1980, 0, 1);

/** Bytes of a ZIP archive whose members are stored or deflated. */
export function zipBytes(members: Readonly<Record<string, Uint8Array>>, level: 0 | 6): Uint8Array {
  return zipSync(
    Object.fromEntries(
      Object.entries(members).map(([name, bytes]) => [name, [bytes, { level, mtime: MTIME }] as const]),
    ),
  );
}

/**
 * A float32 matrix as `torch.save` writes a bare tensor since 1.6: a ZIP archive of a pickle (protocol 2) and the
 * numbers.
 *
 * @source pytorch/pytorch, torch/serialization.py and torch/_utils.py, `_rebuild_tensor_v2`.
 */
export function torchBytes(values: Float32Array, [rows, width]: readonly [number, number]): Uint8Array {
  const global = (module: string, name: string) => `c${module}\n${name}\n`;
  const text = (value: string) => `X${int32(value.length)}${value}`;
  const int = (value: number) => `J${int32(value)}`;
  const storage = `(${text('storage')}${global('torch', 'FloatStorage')}${text('0')}${text('cpu')}${int(values.length)}tQ`;
  const sizes = `(${int(rows)}${int(width)}t(${int(width)}${int(1)}t`;
  const hooks = `${global('collections', 'OrderedDict')})R`;
  const pickle = `\x80\x02${global('torch._utils', '_rebuild_tensor_v2')}(${storage}${int(0)}${sizes}\x89${hooks}tR.`;
  return zipBytes(
    {
      'archive/data.pkl': Buffer.from(pickle, 'latin1'),
      'archive/byteorder': Buffer.from('little'),
      'archive/data/0': new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      'archive/version': Buffer.from('3\n'),
    },
    0,
  );
}

function int32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes.toString('latin1');
}
