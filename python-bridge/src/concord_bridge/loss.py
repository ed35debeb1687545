"""Discrete-time survival: likelihood and prediction from hazard logits."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor


def log_survival(logits: Tensor) -> Tensor:
    """Log survival at the end of each bin, [cases, bins]: the running sum of log(1 − hazard)."""
    return F.logsigmoid(-logits).cumsum(1)


def nll_survival(
    logits: Tensor, bins: Tensor, censored: Tensor, alpha: float = 0.5, eps: float = 1e-7
) -> Tensor:
    """Negative log-likelihood summed over the cases, in log space.

    Args:
        logits: [cases, bins] hazard logits.
        bins: [cases] int64, the bin of the event or censoring.
        censored: [cases], 1 where the event was not observed.
        alpha: weight taken away from censored cases.
        eps: lower clamp of each factor of the likelihood.

    Source: Zadeh and Schmid 2020; mahmoodlab/SurvPath@3f73ddd, utils/loss_func.py, `nll_loss`.
    """
    floor = math.log(eps)
    survival = F.pad(log_survival(logits), (1, 0)).clamp(min=floor)
    hazard = F.logsigmoid(logits).clamp(min=floor)
    case = torch.arange(len(bins))
    observed = survival[case, bins] + hazard[case, bins]
    survived = survival[case, bins + 1]
    return -((1 - censored) * observed + censored * (1 - alpha) * survived).sum()


class Prediction(NamedTuple):
    """What a survival model says of its cases."""

    hazard: Tensor
    """[cases, bins]"""
    survival: Tensor
    """[cases, bins], at the end of each bin"""
    risk: Tensor
    """[cases] in [-bins, 0]: minus the sum of the survival; higher is worse"""


def predict_survival(logits: Tensor) -> Prediction:
    """Hazard, survival and risk from logits [cases, bins]."""
    survival = log_survival(logits).exp()
    return Prediction(torch.sigmoid(logits), survival, -survival.sum(1))
