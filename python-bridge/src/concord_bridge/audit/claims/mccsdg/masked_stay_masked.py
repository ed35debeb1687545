"""D7: what entanglement does to masked tokens."""

from __future__ import annotations

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number

CLAIM = Claim(
    sentence="A token that masking silenced stays silent through entanglement.",
    kind="code",
    source="HopkinsKwong/MCCSDG@48d5410, models/model_SurvPath(MCCSDG).py, lines 86 and 112–155",
    recorded="fails",
    meaning=(
        "Statistics are taken after masking, so a silenced token gets its partner's mean and becomes a "
        "constant vector. The mask is partly undone whenever entanglement is drawn. It need not harm: it "
        "is a difference between the words and the code."
    ),
    reads=("MCCSDG/models/model_SurvPath(MCCSDG).py",),
    register=("D7",),
)


def check(at: Checkouts) -> Finding:
    """Mask two bags of 331 tokens with the module, then entangle them, and look at the silenced ones."""
    module = at.load(CLAIM.reads[0]).MCCSDG(p_aug=1.0).train()
    weak, strong = (module.feature_masking(torch.randn(1, 331, 256) + 1) for _ in range(2))
    silent = weak[0].abs().sum(dim=1) == 0
    after, _ = module.feature_entanglement(weak, strong)
    loud = after[0][silent].abs().sum(dim=1) > 0
    spread = after[0][silent].std(dim=1).max()
    return decide(
        not bool(loud.any()),
        "silenced tokens are still zero",
        "silenced tokens are constants other than zero",
        number("tokens that masking silenced", int(silent.sum())),
        number("of these not zero after entanglement", int(loud.sum())),
        number("largest standard deviation within one of them", float(spread)),
    )
