import { parameterCount, type InputShape, type Protocol } from '@concord/backbone';
import { moduleVariants, type ModuleVariant } from '@concord/modules';
import type { TrainedModel } from '@concord/training';
import { configureBackbone } from '../backbones/configure.js';
import { findBackbone, loadBackbone } from '../backbones/discover.js';
import type { ProtocolChanges } from './cellSpec.js';

/** A backbone with a module, ready to be trained, and how many numbers it has. */
export interface OpenedModel {
  readonly model: TrainedModel;
  readonly parameters: number;
}

/**
 * The published protocol of a backbone with what was changed of it.
 *
 * @throws BackboneError if there is no such backbone; RangeError if its widths do not fit the input.
 */
export async function openModel(
  cwd: string,
  names: { readonly backbone: string; readonly module: string },
  shape: InputShape,
  seed: number,
  changes: ProtocolChanges,
): Promise<OpenedModel> {
  const found = findBackbone(cwd, names.backbone);
  const declared = await loadBackbone(found);
  const { config, protocol, pythonFolders } = configureBackbone(found, declared, shape);
  return {
    model: {
      ...{ backbone: declared, config, pythonFolders, patchWidth: shape.patchWidth },
      protocol: changedProtocol(protocol, changes),
      module: moduleVariants[names.module as ModuleVariant](),
      weights: declared.initialWeights(config, seed),
    },
    parameters: parameterCount(declared.weightShapes(config)),
  };
}

/** A protocol with what a person changed of it. */
export function changedProtocol(
  protocol: Protocol,
  { lr, weightDecay, batch, accumulate }: ProtocolChanges,
): Protocol {
  return {
    ...protocol,
    optimizer: {
      ...protocol.optimizer,
      ...(lr !== undefined && { lr }),
      ...(weightDecay !== undefined && { weightDecay }),
    },
    ...(batch !== undefined && { batch }),
    ...(accumulate !== undefined && { accumulate }),
  };
}
