import type { Backbone, BackboneModel, InputShape } from '@concord/backbone';
import type { FoundBackbone } from './discover.js';
import { loadBackbone } from './discover.js';

/** A backbone with its widths fixed for one input. */
export interface ConfiguredBackbone {
  readonly declared: Backbone;
  readonly config: object;
  readonly pythonFolders: readonly string[];
  create(): BackboneModel;
}

/** Load a backbone and fix its widths. @throws BackboneError, RangeError. */
export async function configureBackbone(
  found: FoundBackbone,
  shape: InputShape,
): Promise<ConfiguredBackbone> {
  const declared = await loadBackbone(found);
  const config = declared.configure(shape);
  return {
    declared,
    config,
    pythonFolders: found.pythonFolders,
    create: () => declared.create(config),
  };
}
