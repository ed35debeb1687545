"""PANTHER: one step of expectation and maximisation over a slide's patches."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from concord_bridge.bags import Tap, ignore


def panther_tokens(patches: Tensor, mean: Tensor, variance: Tensor, tau: float, tap: Tap = ignore) -> Tensor:
    """One token [π, μ, Σ] for each prototype of a Gaussian mixture: [prototypes, 1 + 2 width].

    Args:
        patches: [patches, width].
        mean: [prototypes, width], the prototypes.
        variance: [prototypes, width], of the prior, diagonal.
        tau: weight of the prior, in patches.
        tap: sees `panther.posterior` [patches, prototypes] and `panther.tokens`.

    Source: arXiv 2405.11643; mahmoodlab/MMP@5878b84, src/mil_models/PANTHER/networks.py.
    """
    with torch.no_grad():
        # Squares are multiplied out: all differences would be [patches, prototypes, width].
        distance = patches**2 @ (1 / variance).T - 2 * patches @ (mean / variance).T
        own = (mean**2 / variance + variance.log()).sum(1) + patches.shape[1] * math.log(2 * math.pi)
        joint = -0.5 * (distance + own) - math.log(len(mean))
        posterior = (joint - joint.logsumexp(1, keepdim=True)).exp()
        tap("panther.posterior", posterior)
        count = posterior.sum(0)[:, None] + tau
        centre = (posterior.T @ patches + tau * mean) / count
        spread = (posterior.T @ patches**2 + tau * (variance + mean**2)) / count - centre**2
        tokens = torch.cat([count / count.sum(), centre, spread], 1)
        tap("panther.tokens", tokens)
        return tokens
