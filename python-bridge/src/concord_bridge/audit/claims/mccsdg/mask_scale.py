"""D6: kept tokens are not rescaled."""

from __future__ import annotations

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number

CLAIM = Claim(
    sentence=("Masking keeps the expected sum of the tokens, as dropout does by dividing by the kept share."),
    kind="code",
    source="HopkinsKwong/MCCSDG@48d5410, models/model_SurvPath(MCCSDG).py, lines 70–87",
    recorded="fails",
    meaning=(
        "Kept tokens pass unchanged, so in training the tokens sum to about half of what evaluation sees "
        "at the default rate. The layers behind it may make up for that; the code does not say that it is "
        "meant."
    ),
    reads=("MCCSDG/models/model_SurvPath(MCCSDG).py",),
    register=("D6",),
)


def check(at: Checkouts) -> Finding:
    """Mask 4,096 tokens of ones, 50 times."""
    module = at.load(CLAIM.reads[0]).MCCSDG().train()
    out = torch.stack([module.feature_masking(torch.ones(1, 4096, 1)) for _ in range(50)])
    mean, kept = float(out.mean()), float(out.max())
    return decide(
        abs(mean - 1) < 0.02,
        "the mean is kept",
        "the mean falls to the kept share",
        number("mean of tokens that were 1", mean),
        number("a kept token that was 1", kept),
    )
