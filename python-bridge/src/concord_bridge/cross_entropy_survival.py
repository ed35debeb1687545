"""Cross entropy of survival at the end of a case's bin."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def cross_entropy_survival(
    logits: Tensor, bins: Tensor, censored: Tensor, alpha: float = 0.15, eps: float = 1e-7
) -> Tensor:
    """Mixed with the likelihood of observed events, and summed over the cases.

    Args:
        logits: [cases, bins] hazard logits.
        bins: [cases] int64, the bin of the event or censoring.
        censored: [cases], 1 where the event was not observed.
        alpha: weight of the likelihood beside the cross entropy.
        eps: lower clamp of each factor; added to the survival before the bin.

    Source: mahmoodlab/MCAT@b9cca63, utils/utils.py, `ce_loss`, which takes the mean instead.
    """
    hazard = torch.sigmoid(logits)
    survival = torch.cumprod(1 - hazard, 1)
    case = torch.arange(len(bins))
    before = F.pad(survival, (1, 0), value=1.0)[case, bins]
    at_end = survival[case, bins].clamp(min=eps)
    cross_entropy = -(censored * at_end.log() + (1 - censored) * (1 - at_end).log())
    likelihood = -(1 - censored) * ((before + eps).log() + hazard[case, bins].clamp(min=eps).log())
    return ((1 - alpha) * cross_entropy + alpha * likelihood).sum()
