"""Entropic optimal transport with relaxed marginals."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

Kernel = Literal["entropy", "kl"]
"""What the plan is drawn to: a constant, or the product of the marginals. POT's default was the first up to
0.9.4, the second since."""

MOST = 1000
"""Iterations."""

ENOUGH = 1e-6
"""Relative change of the scalings at which they are good enough."""


def unbalanced_transport(cost: Tensor, reg: float, reg_m: float, kernel: Kernel) -> Tensor:
    """The plan π = diag(u) K diag(v) of uniform marginals a and b, by generalised Sinkhorn steps.

    K = exp(−M/ε), for `kl` times a bᵀ; u = (a / K v)^f, v = (b / Kᵀ u)^f, f = τ / (τ + ε), from u = v = 1.

    Args:
        cost: M [rows, columns]; computed on in float64.
        reg: ε, of the entropy.
        reg_m: τ, of the marginals.
        kernel: see Kernel.

    Returns:
        π [rows, columns] in the cost's precision, without a gradient.

    Raises:
        ValueError: for a cost that is not finite, or a scaling that is not.

    Source: Chizat et al. 2016, arXiv 1607.05816; POT, `ot.unbalanced.sinkhorn_knopp_unbalanced`.
    """
    exact = cost.detach().double()
    if not exact.isfinite().all():
        raise ValueError("unbalanced_transport: the cost holds NaN or infinity")
    a, b = (torch.full((count,), 1 / count, dtype=torch.float64) for count in exact.shape)
    mixing = torch.exp(-exact / reg)
    if kernel == "kl":
        mixing = mixing * torch.outer(a, b)
    power = reg_m / (reg_m + reg)
    u, v = torch.ones_like(a), torch.ones_like(b)
    for _ in range(MOST):
        before = u, v
        u = (a / (mixing @ v)) ** power
        v = (b / (mixing.T @ u)) ** power
        if (_change(u, before[0]) + _change(v, before[1])) / 2 < ENOUGH:
            break
    plan = u[:, None] * mixing * v
    if not plan.isfinite().all():
        raise ValueError(f"unbalanced_transport: the scalings are not finite with reg {reg}; raise it")
    return plan.to(cost.dtype)


def _change(now: Tensor, before: Tensor) -> float:
    scale = max(now.abs().max().item(), before.abs().max().item(), 1.0)
    return (now - before).abs().max().item() / scale
