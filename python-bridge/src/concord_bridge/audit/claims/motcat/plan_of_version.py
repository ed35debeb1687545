"""D22: the transport plan and the version of POT."""

from __future__ import annotations

import warnings
from functools import partial
from unittest.mock import patch

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number, table
from concord_bridge.published.on_cpu import cuda_stays_here

CLAIM = Claim(
    sentence="The transport plan does not depend on the version of the transport library.",
    kind="code",
    source="Innse/MOTCat@fe70abc, models/model_motcat.py, lines 54–55",
    recorded="fails",
    meaning=(
        "The transport solver's default kernel changed in POT 0.9.5, and the code names none, so the same "
        "lines give another plan with a present library. Layer norms behind it take away most of the "
        "scale, so that figures may move little; whoever repeats them has to pin POT or name the kernel."
    ),
    reads=("MOTCat/models/model_motcat.py",),
    register=("D22",),
    packages=("POT",),
)

KERNELS = {"up to POT 0.9.4": "entropy", "from POT 0.9.5": "kl"}
"""The default of the solver, by version; the published call names none."""


def check(at: Checkouts) -> Finding:
    """Plan of 300 patches and 6 gene groups, with the default of either version."""
    import ot

    solve = ot.unbalanced.sinkhorn_knopp_unbalanced
    transport = at.load(CLAIM.reads[0]).OT_Attn_assem(ot_reg=0.1, ot_tau=0.5)
    patches, groups = torch.randn(300, 256).abs(), torch.randn(6, 256).abs()
    plans = []
    for kernel in KERNELS.values():
        fixed = partial(solve, reg_type=kernel)
        with (
            patch.object(ot.unbalanced, "sinkhorn_knopp_unbalanced", fixed),
            cuda_stays_here(),
            warnings.catch_warnings(),
            torch.no_grad(),
        ):
            warnings.simplefilter("ignore")
            plans.append(transport(patches.unsqueeze(1), groups.unsqueeze(1))[0].squeeze())
    masses = [float(plan.sum()) for plan in plans]
    gap = float((plans[0] - plans[1]).abs().max() / plans[0].abs().max())
    return decide(
        gap < 1e-3,
        "both versions give one plan",
        "the versions give different plans",
        table("mass of the plan", ("version", "mass"), list(zip(KERNELS, masses, strict=True))),
        number("largest difference of an entry, of the largest entry", gap),
    )
