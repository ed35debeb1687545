"""Lamb as the published file has it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from concord_bridge.moments import moments, restore_moments

LARGEST_NORM = 10.0
"""Norm of a weight beyond which its trust does not grow."""


class Lamb:
    """No bias correction; the step is scaled by the weight's norm over its own.

    Source: arXiv 1904.00962; mahmoodlab/SurvPath@3f73ddd, custom_optims/lamb.py, Lamb.
    """

    def __init__(
        self,
        weights: Mapping[str, Tensor],
        lr: float,
        weight_decay: float = 0.0,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-6,
    ) -> None:
        self.weights = weights
        self.lr = lr
        self.weight_decay = weight_decay
        self.betas = betas
        self.eps = eps
        self.mean = {name: torch.zeros_like(weight) for name, weight in weights.items()}
        self.square = {name: torch.zeros_like(weight) for name, weight in weights.items()}

    @torch.no_grad()
    def step(self, gradients: Mapping[str, Tensor], factor: float = 1.0) -> None:
        """Update every weight in place by its gradient, with `factor` times the learning rate."""
        beta1, beta2 = self.betas
        for name, weight in self.weights.items():
            gradient, mean, square = gradients[name], self.mean[name], self.square[name]
            mean.mul_(beta1).add_(gradient, alpha=1 - beta1)
            square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
            direction = mean / (square.sqrt() + self.eps) + self.weight_decay * weight
            of_weight, of_direction = weight.norm().clamp(max=LARGEST_NORM), direction.norm()
            trust = of_weight / of_direction if of_weight > 0 and of_direction > 0 else 1.0
            weight.sub_(direction * (self.lr * factor * trust))

    def state(self) -> dict[str, Tensor]:
        """See Optimizer."""
        return moments(self.mean, self.square)

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """See Optimizer."""
        restore_moments(self.mean, self.square, state)
