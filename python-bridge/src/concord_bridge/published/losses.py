"""The published survival losses as calls of one form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from concord_bridge.objective import Outcome

Loss = Callable[[Tensor, Sequence[Outcome], Mapping[str, Any]], Tensor]
"""Of logits [cases, bins], outcomes, and the loss's options."""


def logit_loss(module: Any) -> Loss:
    """The class NLLSurvLoss of SurvPath's utils/loss_func.py, which sums, and of PORPOISE's, which means."""

    def loss(logits: Tensor, outcomes: Sequence[Outcome], spec: Mapping[str, Any]) -> Tensor:
        own = module.NLLSurvLoss(alpha=spec["alpha"], eps=spec["eps"])
        return own(h=logits, y=_bins(outcomes), t=None, c=_censored(outcomes))

    return loss


def hazard_loss(module: Any) -> Loss:
    """The class NLLSurvLoss of MCAT's utils and of its copies, which takes hazards and survival."""

    def loss(logits: Tensor, outcomes: Sequence[Outcome], spec: Mapping[str, Any]) -> Tensor:
        hazards = torch.sigmoid(logits)
        survival = torch.cumprod(1 - hazards, dim=1)
        own = module.NLLSurvLoss(alpha=spec["alpha"])
        return own(hazards=hazards, S=survival, Y=_bins(outcomes), c=_censored(outcomes))

    return loss


def _bins(outcomes: Sequence[Outcome]) -> Tensor:
    return torch.tensor([one.bin for one in outcomes])


def _censored(outcomes: Sequence[Outcome]) -> Tensor:
    return torch.tensor([one.censored for one in outcomes])
