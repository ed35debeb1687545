"""D32: the Cox loss."""

from __future__ import annotations

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, fails, failure, holds, number
from concord_bridge.audit.source import definition

CLAIM = Claim(
    sentence="The Cox loss that can be chosen runs.",
    kind="code",
    source="mahmoodlab/PORPOISE@3390dc4, utils/utils.py, CoxSurvLoss.__call__",
    recorded="fails",
    meaning=(
        "The method lacks its first argument. The published runs use the likelihood of time bins, which "
        "is not affected."
    ),
    reads=("PORPOISE/utils/utils.py",),
    register=("D32",),
)


def check(at: Checkouts) -> Finding:
    """Call it as the training loop calls its loss."""
    import numpy as np

    loss = definition(at.path(CLAIM.reads[0]), "CoxSurvLoss", torch=torch, np=np, device="cpu")()
    hazards = torch.rand(3, 4)
    survival = torch.cumprod(1 - hazards, dim=1)
    try:
        value = loss(hazards=hazards, S=survival, Y=torch.zeros(3), c=torch.zeros(3))
    except TypeError as error:
        return fails("calling it raises", failure("the call", error, at.root("PORPOISE")))
    return holds("it returns a loss", number("loss", float(value)))
