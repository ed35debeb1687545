"""D30: DSU on a batch of one."""

from __future__ import annotations

import numpy as np
import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table

CLAIM = Claim(
    sentence="DSU gives finite features for a batch of one case.",
    kind="code",
    source="lixiaotong97/DSU@82a1de0, dsu.py, lines 47–68",
    recorded="fails",
    meaning=(
        "Its uncertainty is the spread over the batch, which one case does not have: every feature "
        "becomes NaN. It was made for batches of images. Survival models of whole slides train with one "
        "case, so a use of DSU there has to define it anew, over tokens for instance, and should say how."
    ),
    reads=("DSU/dsu.py",),
    register=("D30",),
)


def check(at: Checkouts) -> Finding:
    """Batches of one and of four."""
    module = at.load(CLAIM.reads[0]).DistributionUncertainty(p=1.0).train()
    np.random.seed(0)
    rows = []
    for batch in (1, 4):
        out = module(torch.randn(batch, 8, 5, 5))
        rows.append((batch, int(torch.isnan(out).sum()), out.numel()))
    return decide(
        rows[0][1] == 0,
        "features are finite",
        "every feature is NaN",
        table("features that are NaN", ("cases", "NaN", "features"), rows),
    )
