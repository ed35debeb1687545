"""Cox partial likelihood of a batch."""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor

Ties = Literal["breslow", "ordered"]


def cox_partial_likelihood(
    log_risks: Tensor,
    months: Tensor,
    censored: Tensor,
    ties: Ties = "breslow",
    divided_by: Literal["events", "cases"] = "events",
) -> Tensor:
    """Minus the sum over events i of (η_i − log Σ over j at risk of exp η_j); 0 where there is no event.

    Args:
        log_risks: [cases, 1].
        months: [cases], follow-up.
        censored: [cases], 1 where the event was not observed.
        ties: who is at risk when cases share a time: all of them, or those before a case in the batch.
        divided_by: what the sum is divided by.

    Source: Cox 1972; mahmoodlab/MMP@5878b84, src/utils/losses.py, `partial_ll_loss`.
    """
    eta, time = log_risks[:, 0], months.to(torch.float64)
    later = time[None, :] > time[:, None]
    same = time[None, :] == time[:, None]
    at_risk = later | (same if ties == "breslow" else same.tril())
    outside = torch.zeros_like(at_risk, dtype=eta.dtype).masked_fill(~at_risk, -math.inf)
    terms = (eta - torch.logsumexp(eta[None, :] + outside, 1)) * (1 - censored)
    events = (1 - censored).sum().item()
    return -terms.sum() / (max(events, 1) if divided_by == "events" else len(eta))
