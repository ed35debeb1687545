"""Adaptive sparsity: a redundant bag is masked more."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from concord_bridge.bags import Tap


@dataclass(frozen=True)
class Sparsity:
    """(E1): p from the participation ratio of the bag's token covariance."""

    p_min: float = 0.25
    p_max: float = 0.75

    def probability(self, tokens: Tensor, tap: Tap) -> Tensor:
        """Probability of silencing a token of [1, tokens, width]: a scalar, constant to the gradient."""
        if tokens.shape[0] != 1:
            raise ValueError(f"adaptive sparsity is per patient; got a batch of {tokens.shape[0]}")
        values = tokens.detach()[0]
        centred = values - values.mean(0)
        covariance = centred.T @ centred
        ratio = covariance.trace().square() / covariance.square().sum()
        tap("sdir.participation", ratio)
        p = self.p_min + (self.p_max - self.p_min) * (1 - ratio / min(values.shape))
        tap("sdir.probability", p)
        return p
