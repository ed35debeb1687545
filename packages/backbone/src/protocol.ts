/** How a model is trained, as both stacks are told it. */
export interface Protocol {
  readonly optimizer: {
    readonly name: 'radam';
    readonly lr: number;
    readonly weightDecay: number;
    readonly betas: readonly [number, number];
    readonly eps: number;
  };
  readonly loss: { readonly alpha: number; readonly eps: number };
}

/** @source HopkinsKwong/MCCSDG@48d5410, scripts/survpath.sh: RAdam, NLL with α ½. */
export const SURVPATH_PROTOCOL: Protocol = {
  optimizer: { name: 'radam', lr: 5e-4, weightDecay: 1e-3, betas: [0.9, 0.999], eps: 1e-8 },
  loss: { alpha: 0.5, eps: 1e-7 },
};
