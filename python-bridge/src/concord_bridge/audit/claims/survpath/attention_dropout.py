"""D17: dropout of the attention."""

from __future__ import annotations

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number

CLAIM = Claim(
    sentence="The dropout argument of the attention layer drops something.",
    kind="code",
    source="mahmoodlab/SurvPath@3f73ddd, models/layers/cross_attention.py, lines 39–114",
    recorded="fails",
    meaning=(
        "The argument is taken and not used. A stated attention dropout of 0.1 was none; the dropout of "
        "the networks before and behind is active."
    ),
    reads=("SurvPath/models/layers/cross_attention.py",),
    register=("D17",),
)


def check(at: Checkouts) -> Finding:
    """Two training passes of one input with a rate of 0.9."""
    layer = at.load(CLAIM.reads[0]).MMAttentionLayer(
        dim=64, dim_head=32, heads=1, dropout=0.9, num_pathways=5
    )
    layer.attn.residual = False
    tokens = torch.randn(1, 20, 64)
    first, second = layer.train()(x=tokens), layer(x=tokens)
    gap = float((first - second).abs().max())
    return decide(
        gap > 0,
        "two passes differ",
        "two passes are equal bit for bit",
        number("largest difference of two training passes", gap),
    )
