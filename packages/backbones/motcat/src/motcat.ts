import type { BackboneModel } from '@concord/backbone';
import { meetingModel } from '@concord/backbone-mcat';
import type { MotcatConfig } from './config.js';
import { transportedPatches } from './transportedPatches.js';

/**
 * MOTCat: MCAT in which patches come to gene tokens by unbalanced optimal transport, Ĥ = πᵀ X, instead of
 * co-attention; no gradient goes through the plan π.
 *
 * @source Xu and Chen 2023, ICCV; Innse/MOTCat@fe70abc, models/model_motcat.py.
 */
export function motcat(config: MotcatConfig): BackboneModel {
  return meetingModel('motcat', config, (pass, { weak, strong }) =>
    pass.see('transport.out', transportedPatches(strong, weak, config.transport, pass.tap)),
  );
}
