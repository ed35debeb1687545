import { linearUniform, ones, uniformStream, zeros, type NamedArray } from '@concord/nn';
import { weightShapes, type SurvPathConfig } from './config.js';

/**
 * Weights under torch's default initialisation: Linear layers uniform in ±1/√fanIn, LayerNorm 1 and 0.
 * Each weight has its own stream.
 */
export function initialWeights(config: SurvPathConfig, seed: number): Record<string, NamedArray> {
  const shapes = weightShapes(config);
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, initial(name, shape)] as const),
  );

  function initial(name: string, shape: readonly number[]): NamedArray {
    const uniform = uniformStream(`${seed}/weights/${name}`);
    if (/norm\.weight$/.test(name)) return ones(shape);
    if (/norm\.bias$/.test(name)) return zeros(shape);
    if (name.startsWith('pathways.0')) return inputLayer(shape, name.endsWith('bias'), uniform);
    const fanIn = shapes[name.replace(/bias$/, 'weight')]!.at(-1)!;
    return linearUniform(shape, fanIn, uniform);
  }

  /** The first pathway layer has another fan-in, its number of genes, for every pathway. */
  function inputLayer(shape: readonly number[], isBias: boolean, uniform: () => number): NamedArray {
    const parts = config.pathwaySizes.map((genes) =>
      linearUniform([isBias ? 1 : genes, config.width], genes, uniform),
    );
    const data = new Float32Array(shape[0]! * shape[1]!);
    let offset = 0;
    for (const part of parts) {
      data.set(part.data, offset);
      offset += part.data.length;
    }
    return { shape, data };
  }
}
