import type { PlugInSizes, Protocol } from '@concord/backbone';
import type { DescribedSetting } from './describeBackbone.js';
import { PLUG_IN, type DescribedWeight, type Step } from './steps.js';

/** `331 × 256`; a scalar is `1`. */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? '1' : shape.join(' × ');
}

/** A step's shape; at the plug-in point both bags. */
export function stepShape(step: Step, plugIn: PlugInSizes): string {
  if (step.name !== PLUG_IN) return shapeText(step.shape);
  const { weak, strong, width } = plugIn;
  return [
    ...(weak === undefined ? [] : [`weak ${weak} × ${width}`]),
    ...(strong === undefined ? [] : [`strong ${strong} × ${width}`]),
  ].join(', ');
}

/** `name` and shape of each weight. */
export function weightsText(weights: readonly DescribedWeight[]): string {
  return weights.map(({ name, shape }) => `\`${name}\` ${shapeText(shape)}`).join(', ');
}

/** `1,234,567`. */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** The sizes of the input. */
export function settingText({ pathways, genes, patches, patchWidth }: DescribedSetting): string {
  return `${pathways} pathways of ${countText(genes)} genes together, ${countText(patches)} patches × ${patchWidth}`;
}

/** Optimiser, loss and batch. */
export function protocolText({ optimizer, loss, batch, accumulate, l1 }: Protocol): string {
  const parts = [
    `${optimizer.name} (lr ${optimizer.lr}, decay ${optimizer.weightDecay})`,
    `${loss.name} loss`,
    ...(batch > 1 ? [`batches of ${batch}`] : []),
    ...(accumulate > 1 ? [`${accumulate} accumulated`] : []),
    ...(l1 ? [`L1 ${l1.lambda}`] : []),
  ];
  return parts.join(', ');
}
