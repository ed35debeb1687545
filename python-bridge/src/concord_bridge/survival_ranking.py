"""A smooth concordance of a batch, negated."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor


def survival_ranking(
    risks: Tensor,
    months: Tensor,
    censored: Tensor,
    phi: Literal["sigmoid", "relu"] = "sigmoid",
    reduction: Literal["mean", "sum"] = "mean",
) -> Tensor:
    """−φ(z_a − z_b) over pairs where a had its event before the follow-up of b ended; 0 without a pair.

    Args:
        risks: [cases, 1].
        months: [cases], follow-up.
        censored: [cases], 1 where the event was not observed.
        phi: what stands for "a is riskier than b".
        reduction: over the pairs.

    Source: Luck et al. 2018; mahmoodlab/MMP@5878b84, src/utils/losses.py, SurvRankingLoss.
    """
    pairs = (months[:, None] < months[None, :]) & (censored[:, None] == 0)
    gap = risks - risks.T
    concordance = torch.sigmoid(gap) if phi == "sigmoid" else torch.relu(gap)
    total = -(concordance * pairs).sum()
    return total / max(int(pairs.sum()), 1) if reduction == "mean" else total
