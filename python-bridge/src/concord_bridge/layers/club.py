"""CLUB with unit variance: an upper bound of mutual information, and the fit of its network."""

from __future__ import annotations

from torch import Tensor

from concord_bridge.layers.decided_relu import decided_relu
from concord_bridge.layers.forward_pass import ForwardPass


def club(forward: ForwardPass, layer: str, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Bound and fit over the cases of a batch, means over bags.

    Args:
        forward: the network under `<layer>.p_mu.0` and `.2`.
        layer: its name.
        x: [cases, bags, in].
        y: [cases, bags, width].

    Source: arXiv 2006.12013; zylbuaa/PIBD@bd5bd94, models/club.py, `CLUBMean`.
    """
    first = f"{layer}.p_mu.0"
    hidden = decided_relu(forward, first, forward.linear(first, x.flatten(0, 1)))
    predicted = forward.linear(f"{layer}.p_mu.2", hidden).unflatten(0, y.shape[:2])
    matched = ((predicted - y) ** 2).sum(-1)  # [cases, bags]
    crossed = ((predicted[:, None] - y[None]) ** 2).sum(-1).mean(1)
    return ((crossed - matched) / 2).mean(), matched.mean()
