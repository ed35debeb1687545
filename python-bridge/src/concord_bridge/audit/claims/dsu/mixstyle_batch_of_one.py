"""MixStyle on a batch of one."""

from __future__ import annotations

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table

CLAIM = Claim(
    sentence="MixStyle changes the features of a batch of one case.",
    kind="code",
    source="KaiyangZhou/mixstyle-release@16f7cf1, reid/models/mixstyle.py, lines 85–122",
    recorded="fails",
    meaning=(
        "It mixes statistics of the cases of a batch; one case is mixed with itself and stays as it is. "
        "Used as published in a model that trains with one case, it does nothing. The file with which the "
        "cross-cancer paper compared is not public, so it is not known how it was defined there."
    ),
    reads=("mixstyle-release/reid/models/mixstyle.py",),
)


def check(at: Checkouts) -> Finding:
    """Batches of one and of four."""
    module = at.load(CLAIM.reads[0]).MixStyle(p=1.0).train()
    rows = []
    for batch in (1, 4):
        features = torch.randn(batch, 8, 5, 5) * torch.rand(batch, 8, 1, 1)
        rows.append((batch, float((module(features) - features).abs().max())))
    return decide(
        rows[0][1] > 1e-4,
        "features change",
        "features stay as they are",
        table("largest change of a feature", ("cases", "change"), rows),
    )
