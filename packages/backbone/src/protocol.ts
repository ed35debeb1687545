/** An optimiser by its published name and options. */
export type OptimizerSpec =
  | {
      /** `radam` and `lamb` as in custom_optims of SurvPath, `adam` and `adamW` as torch's. */
      readonly name: 'radam' | 'adam' | 'adamW' | 'lamb';
      readonly lr: number;
      readonly weightDecay: number;
      readonly betas: readonly [number, number];
      readonly eps: number;
      /** `matrices`: weights of fewer than two axes are not decayed. Default `all`; Lamb knows no other. */
      readonly decays?: 'all' | 'matrices';
    }
  | {
      readonly name: 'sgd';
      readonly lr: number;
      /** Added to the gradient. */
      readonly weightDecay: number;
      readonly momentum: number;
    };

/** A survival loss by its published name and options. */
export type LossSpec =
  | {
      /** Discrete-time negative log-likelihood of hazard logits. */
      readonly name: 'nll';
      /** Weight taken away from censored cases. */
      readonly alpha: number;
      /** Lower clamp of each factor of the likelihood. */
      readonly eps: number;
      /** `mean` divides the sum over a batch by its size. */
      readonly reduction: 'sum' | 'mean';
    }
  | {
      /** Cross entropy of survival, see crossEntropySurvival of packages/nn. */
      readonly name: 'crossEntropy';
      readonly alpha: number;
      readonly eps: number;
      readonly reduction: 'sum' | 'mean';
    }
  | {
      /** Cox partial likelihood of log-risks, see coxPartialLikelihood of packages/nn. */
      readonly name: 'cox';
      readonly ties: 'breslow' | 'ordered';
      readonly dividedBy: 'events' | 'cases';
    }
  | {
      /** Smooth concordance of risks, see survivalRanking of packages/nn. */
      readonly name: 'ranking';
      readonly phi: 'sigmoid' | 'relu';
      readonly reduction: 'mean' | 'sum';
    };

/** How a model is trained, as both stacks are told it. */
export interface Protocol {
  readonly optimizer: OptimizerSpec;
  readonly loss: LossSpec;
  /** Cases of one forward pass and loss. */
  readonly batch: number;
  /** Losses, each divided by this number, whose gradients are added up before a step. */
  readonly accumulate: number;
  /** Added to every loss, undivided: `lambda` times the absolute values of the weights whose names begin so. */
  readonly l1?: { readonly lambda: number; readonly prefixes: readonly string[] };
}

/** @source HopkinsKwong/MCCSDG@48d5410, scripts/survpath.sh: RAdam, NLL with α ½. */
export const SURVPATH_PROTOCOL: Protocol = {
  optimizer: { name: 'radam', lr: 5e-4, weightDecay: 1e-3, betas: [0.9, 0.999], eps: 1e-8 },
  loss: { name: 'nll', alpha: 0.5, eps: 1e-7, reduction: 'sum' },
  batch: 1,
  accumulate: 1,
};

/** @source mahmoodlab/MCAT@b9cca63, main.py: Adam with coupled decay, NLL with α 0, 32 cases a step. */
export const MCAT_PROTOCOL: Protocol = {
  optimizer: { name: 'adam', lr: 2e-4, weightDecay: 1e-5, betas: [0.9, 0.999], eps: 1e-8 },
  loss: { name: 'nll', alpha: 0, eps: 1e-7, reduction: 'mean' },
  batch: 1,
  accumulate: 32,
};
