"""The module in evaluation."""

from __future__ import annotations

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number

CLAIM = Claim(
    sentence="In evaluation the module changes nothing.",
    kind="code",
    source="HopkinsKwong/MCCSDG@48d5410, models/model_SurvPath(MCCSDG).py, lines 70 and 106",
    recorded="holds",
    meaning="Predictions of a trained network do not depend on the module's draws.",
    reads=("MCCSDG/models/model_SurvPath(MCCSDG).py",),
)


def check(at: Checkouts) -> Finding:
    """Bags of the documented sizes go through in evaluation."""
    module = at.load(CLAIM.reads[0]).MCCSDG(p_aug=1.0).eval()
    bags = torch.randn(1, 331, 256), torch.randn(1, 4096, 256)
    gap = max(float((out - bag).abs().max()) for out, bag in zip(module(*bags), bags, strict=True))
    return decide(
        gap == 0, "both bags come back bit for bit", "bags come back changed", number("largest change", gap)
    )
