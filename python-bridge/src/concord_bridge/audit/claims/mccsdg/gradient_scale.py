"""Entanglement and gradients."""

from __future__ import annotations

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number

CLAIM = Claim(
    sentence=(
        "Statistics are constants to the gradient: a token's gradient is its new standard deviation over "
        "its old one."
    ),
    kind="code",
    source="HopkinsKwong/MCCSDG@48d5410, models/model_SurvPath(MCCSDG).py, lines 121–126 and 154",
    recorded="holds",
    meaning="Entanglement scales the gradient of each token and does not mix gradients of tokens.",
    reads=("MCCSDG/models/model_SurvPath(MCCSDG).py",),
)


def check(at: Checkouts) -> Finding:
    """Gradients of a sum of outputs in float64: one constant for each token, as measured from its spread."""
    module = at.load(CLAIM.reads[0]).MCCSDG(p_aug=1.0).double().train()
    bags = [torch.randn(1, 40, 16, dtype=torch.float64, requires_grad=True) for _ in range(2)]
    out, _ = module.feature_entanglement(*bags)
    out.sum().backward()
    assert bags[0].grad is not None
    within = float(bags[0].grad.std(dim=2).max())
    old = (bags[0].var(dim=2) + 1e-6).sqrt()
    slope = ((out[0, :, 0] - out[0, :, 1]) / (bags[0][0, :, 0] - bags[0][0, :, 1])).detach()
    gap = float((bags[0].grad[0, :, 0] - slope).abs().max())
    return decide(
        within < 1e-12 and gap < 1e-8,
        "one constant for each token, its change of spread",
        "gradients are not those constants",
        number("spread of the gradient within a token", within),
        number("largest distance from the change of spread", gap),
        number("smallest old standard deviation", float(old.min())),
    )
