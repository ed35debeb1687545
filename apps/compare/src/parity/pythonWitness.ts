import type { Bridge } from '@concord/baselines';
import { openSafetensors, type SafetensorsFile } from '@concord/safetensors';
import type { ConfiguredBackbone } from '../backbones/configure.js';
import type { ParityInput } from './subject.js';
import type { HostTensor, Numbers } from './tensor.js';

/** Which Python run of a stage: the truth, the yardstick, or the published class. */
export type Precision = 'float64' | 'float32' | 'published';

/** A stage of a subject; both stacks have the same. */
export type StageCall = (
  { readonly stage: 'evaluation' | 'training' | 'risks' } | { readonly stage: 'steps'; readonly upTo: number }
) & {
  /** Float32 runs that make the yardstick of this stage; one unless given. */
  readonly runs?: number;
};

/** Named tensors in a file, read one at a time. */
export interface TensorSource {
  readonly names: readonly string[];
  has(name: string): boolean;
  read(name: string): HostTensor;
  close(): void;
}

/** The results of one stage, by precision. */
export type Sources = Partial<Record<Precision, TensorSource>>;

/** Python's side of one subject, reached through the bridge; tensors come as files. */
export class PythonWitness {
  private constructor(
    private readonly bridge: Bridge,
    private readonly session: string,
  ) {}

  /** @param dir holds weights, inputs and tape; the worker writes its results there. */
  static async open(
    bridge: Bridge,
    dir: string,
    { declared, config, protocol, pythonFolders }: ConfiguredBackbone,
    input: ParityInput,
    module: { name: string; options: object },
    published?: string,
  ): Promise<PythonWitness> {
    const { session } = await bridge.call<{ session: string }>('parity.open', {
      dir,
      backbone: declared.name,
      config,
      search: pythonFolders,
      frozen: declared.frozen ?? [],
      ragged: declared.ragged?.(config) ?? {},
      module,
      protocol,
      cases: input.cases.map(({ label }) => label),
      ...(published && { published }),
    });
    return new PythonWitness(bridge, session);
  }

  /** Run one stage in several precisions, one after the other. */
  async run(precisions: readonly Precision[], call: StageCall): Promise<Sources> {
    const files = await this.bridge.call<Record<Precision, string>>('parity.stage', {
      session: this.session,
      precisions,
      ...call,
    });
    const opened = Object.entries(files).map(([precision, file]) => [
      precision,
      tensorSource(openSafetensors(file)),
    ]);
    return Object.fromEntries(opened) as Sources;
  }

  async close(): Promise<void> {
    await this.bridge.call('parity.close', { session: this.session });
  }
}

function tensorSource(file: SafetensorsFile): TensorSource {
  const names = [...file.names];
  const known = new Set(names);
  return {
    names,
    has: (name) => known.has(name),
    read: (name) => ({ shape: [...file.info(name).shape], data: file.read(name) as Numbers }),
    close: () => file.close(),
  };
}
