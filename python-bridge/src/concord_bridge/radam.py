"""Rectified Adam as the published survival code runs it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from concord_bridge.moments import moments, restore_moments


class RAdam:
    """Weight decay decoupled and additive; steps before the rectification follow the corrected mean alone.

    Source: arXiv 1908.03265; mahmoodlab/SurvPath@3f73ddd, custom_optims/radam.py, RAdam.
    """

    def __init__(
        self,
        weights: Mapping[str, Tensor],
        lr: float,
        weight_decay: float = 0.0,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        self.weights = weights
        self.lr = lr
        self.weight_decay = weight_decay
        self.betas = betas
        self.eps = eps
        self.steps = 0
        self.mean = {name: torch.zeros_like(weight) for name, weight in weights.items()}
        self.square = {name: torch.zeros_like(weight) for name, weight in weights.items()}

    @torch.no_grad()
    def step(self, gradients: Mapping[str, Tensor], factor: float = 1.0) -> None:
        """Update every weight in place by its gradient, with `factor` times the learning rate."""
        self.steps += 1
        beta1, beta2 = self.betas
        rate, rectified = self._rate()
        rate *= factor
        for name, weight in self.weights.items():
            gradient, mean, square = gradients[name], self.mean[name], self.square[name]
            mean.mul_(beta1).add_(gradient, alpha=1 - beta1)
            square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
            weight.add_(weight, alpha=-self.weight_decay * self.lr * factor)
            if rectified:
                weight.addcdiv_(mean, square.sqrt().add_(self.eps), value=-rate)
            else:
                weight.add_(mean, alpha=-rate)

    def state(self) -> dict[str, Tensor]:
        """See Optimizer."""
        return {"steps": torch.tensor([float(self.steps)]), **moments(self.mean, self.square)}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """See Optimizer."""
        self.steps = int(state["steps"].item())
        restore_moments(self.mean, self.square, state)

    def _rate(self) -> tuple[float, bool]:
        """Step size, and whether the variance is tractable yet."""
        beta1, beta2 = self.betas
        power = beta2**self.steps
        limit = 2 / (1 - beta2) - 1
        length = limit - 2 * self.steps * power / (1 - power)
        rate = self.lr / (1 - beta1**self.steps)
        if length < 5:
            return rate, False
        rectification = (1 - power) * (length - 4) / (limit - 4) * (length - 2) / length * limit / (limit - 2)
        return rate * math.sqrt(rectification), True
