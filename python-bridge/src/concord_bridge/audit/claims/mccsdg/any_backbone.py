"""Any backbone without redesign."""

from __future__ import annotations

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table

CLAIM = Claim(
    sentence="The module fits between any two token bags of a backbone without redesign.",
    kind="code",
    source="README, section Easy to Use; HopkinsKwong/MCCSDG@48d5410, models/model_SurvPath(MCCSDG).py",
    recorded="fails",
    meaning=(
        "On the bags of the backbones that the release imports the module raises in training unless both "
        "have as many tokens, or one has a single one. With an index of the bag's own length it runs on "
        "all of them: the statement is true of the idea and not of the released lines."
    ),
    reads=("MCCSDG/models/model_SurvPath(MCCSDG).py",),
)

BAGS = {
    "SurvPath": (331, 4096),
    "MCAT, MOTCat and CMTA": (6, 4096),
    "MMP": (50, 16),
    "PIBD": (264, 256),
    "MLPWSI and ABMIL with genes": (1, 4096),
}
"""Tokens of genes and of slides at the point of fusion, at the published settings."""


def check(at: Checkouts) -> Finding:
    """Entangle bags as they meet in each backbone."""
    module = at.load(CLAIM.reads[0]).MCCSDG(p_aug=1.0).train()
    rows = []
    for backbone, (genes, patches) in BAGS.items():
        try:
            module(torch.randn(1, genes, 256), torch.randn(1, patches, 256))
            rows.append((backbone, genes, patches, True))
        except RuntimeError:
            rows.append((backbone, genes, patches, False))
    failed = [row for row in rows if not row[3]]
    return decide(
        not failed,
        "it runs on the bags of every backbone tried",
        f"it raises on the bags of {len(failed)} of {len(rows)} kinds of backbone",
        table("entanglement", ("backbone", "gene tokens", "slide tokens", "runs"), rows),
    )
