"""The joint distribution of several Gaussians, as PIBD computes it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from concord_bridge.layers.forward_pass import ForwardPass

EPSILON = 1e-8


def product_of_experts(
    forward: ForwardPass, experts: Sequence[tuple[Tensor, Tensor]], noise: Tensor
) -> Tensor:
    """Mean sample [bags, width] of the joint distribution.

    A deviation goes in where a variance is due, and a variance comes out as a deviation: so it was published.

    Args:
        forward: `PoE.phi`, logits of the experts' shares.
        experts: mean and deviation of each, [bags, width] or [1, width].
        noise: [bags, samples, width].

    Source: zylbuaa/PIBD@bd5bd94, models/model_PIBD.py, `PoE`.
    """
    shares = forward.weight("PoE.phi").softmax(0)
    total = torch.zeros_like(noise[:, 0])
    weighted = torch.zeros_like(total)
    for share, (mean, deviation) in zip(shares, experts, strict=True):
        precision = 1 / (deviation + EPSILON)
        total = total + share * precision
        weighted = weighted + mean * share * precision
    sampled = (weighted / total)[:, None] + (1 / total)[:, None] * noise
    return forward.see("poe", sampled.mean(1))
