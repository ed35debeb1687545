"""D1: bags of different sizes."""

from __future__ import annotations

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, fails, failure, holds, table, tensor

CLAIM = Claim(
    sentence="The module runs in training on the bags of its own example: 331 pathways and 4,096 patches.",
    kind="code",
    source="HopkinsKwong/MCCSDG@48d5410, models/model_SurvPath(MCCSDG).py, lines 27–36 and 143–151",
    recorded="fails",
    meaning=(
        "Whenever entanglement is drawn, bags of different sizes raise, because the partner's index is as "
        "long as the other bag. Bags of equal size run. It does not say that the idea needs equal bags: "
        "an index of the bag's own length is a small change."
    ),
    reads=("MCCSDG/models/model_SurvPath(MCCSDG).py",),
    register=("D1",),
)

SIZES = ((331, 4096), (4096, 331), (331, 331), (1, 331))


def check(at: Checkouts) -> Finding:
    """Entangle bags of the documented sizes, of swapped and of equal ones."""
    module = at.load(CLAIM.reads[0]).MCCSDG(p_aug=1.0).train()
    rows, raised = [], None
    for weak, strong in SIZES:
        try:
            out = module(torch.randn(1, weak, 256), torch.randn(1, strong, 256))
            rows.append((weak, strong, "runs"))
            kept = [tensor("shape of bag 1 and 2", torch.tensor([tuple(one.shape) for one in out]))]
        except RuntimeError as error:
            rows.append((weak, strong, "raises"))
            raised = raised or error
    seen = table("what happens with p_aug = 1", ("pathways", "patches", "result"), rows)
    if raised is None:
        return holds("every combination of sizes runs", seen, *kept)
    return fails(
        "bags of different sizes raise", seen, failure("on 331 and 4,096", raised, at.root("MCCSDG"))
    )
