import type { BagModule } from '@concord/modules';
import type { Draw } from '@concord/nn';
import type { PlugInSizes } from './backbone.js';
import { callPrefix } from './plugIn.js';

/**
 * Whether the module works at a plug-in point with these bags: one of a single bag needs its masking part, one
 * of two widths a module that does not need them equal.
 */
export function isApplicable(module: BagModule, { weak, strong, width, strongWidth }: PlugInSizes): boolean {
  if (weak === undefined || strong === undefined) return module.single !== undefined;
  if (module.manyTokens && weak === 1) return false;
  return !module.oneWidth || (strongWidth ?? width) === width;
}

/** Everything that the module draws in one training step. @throws Error if it is not applicable. */
export function moduleDraws(module: BagModule, sizes: PlugInSizes): Draw[] {
  const { calls } = sizes;
  const own = drawsOfCall(module, sizes);
  if (calls === undefined) return own;
  return Array.from({ length: calls }, (_, call) =>
    own.map((draw) => ({ ...draw, name: callPrefix(call) + draw.name })),
  ).flat();
}

function drawsOfCall(module: BagModule, sizes: PlugInSizes): Draw[] {
  const { weak, strong, width } = sizes;
  if (weak !== undefined && strong !== undefined) return module.draws({ weak, strong, width });
  if (!module.single) throw new Error(`${module.name} needs two bags`);
  return strong !== undefined
    ? module.single.draws('strong', strong)
    : module.single.draws('weak', weak ?? 0);
}
