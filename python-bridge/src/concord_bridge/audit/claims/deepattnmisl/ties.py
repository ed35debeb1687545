"""The C-index written by hand."""

from __future__ import annotations

import numpy as np
import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number
from concord_bridge.audit.source import definition

CLAIM = Claim(
    sentence="In the C-index that the repository writes itself, tied risks count one half.",
    kind="code",
    source="uta-smile/DeepAttnMISL@d7099ed, utils/surv_utils.py, lines 57–60",
    recorded="fails",
    meaning=(
        "The branch for ties repeats the test of the branch before it and is never reached, so ties count "
        "nothing. Training reports another function, of the package lifelines."
    ),
    reads=("DeepAttnMISL/utils/surv_utils.py",),
)


def check(at: Checkouts) -> Finding:
    """Two events with one risk."""
    index = definition(at.path(CLAIM.reads[0]), "CIndex", np=np)
    value = float(index(torch.ones(2), torch.ones(2), [1.0, 2.0]))
    return decide(
        value == 0.5,
        "a tie counts one half",
        "a tie counts nothing",
        number("C-index of two tied cases", value),
    )
