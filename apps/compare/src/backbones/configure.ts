import {
  SURVPATH_PROTOCOL,
  type Backbone,
  type BackboneModel,
  type InputShape,
  type Protocol,
} from '@concord/backbone';
import type { FoundBackbone } from './discover.js';

/** A backbone with its widths fixed for one input, and how it is trained. */
export interface ConfiguredBackbone {
  readonly declared: Backbone;
  readonly config: object;
  readonly protocol: Protocol;
  readonly pythonFolders: readonly string[];
  create(): BackboneModel;
}

/** How a backbone is fixed, where not as published. */
export interface Configuring {
  /** A batch and an accumulation are cut to these. */
  readonly most?: { readonly batch: number; readonly accumulate: number };
  /** Whether it takes its small widths, if it has some. */
  readonly small?: boolean;
}

/** Fix the widths of a backbone. @throws RangeError if it does not fit the input. */
export function configureBackbone(
  { pythonFolders }: FoundBackbone,
  declared: Backbone,
  shape: InputShape,
  { most = { batch: Infinity, accumulate: Infinity }, small = false }: Configuring = {},
): ConfiguredBackbone {
  const config = (small && declared.configureSmall?.(shape)) || declared.configure(shape);
  const protocol = declared.protocol ?? SURVPATH_PROTOCOL;
  return {
    declared,
    config,
    protocol: {
      ...protocol,
      batch: Math.min(protocol.batch, most.batch),
      accumulate: Math.min(protocol.accumulate, most.accumulate),
    },
    pythonFolders,
    create: () => declared.create(config),
  };
}
