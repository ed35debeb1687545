"""D15: parameters that nothing reads."""

from __future__ import annotations

import pandas as pd
import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number, table

CLAIM = Claim(
    sentence="Every parameter of DeepMISL with fusion takes part in its prediction.",
    kind="code",
    source="mahmoodlab/SurvPath@3f73ddd, models/model_DeepMISL.py, lines 75–79",
    recorded="fails",
    meaning=(
        "A network for genes is built and never used. It makes the model larger on paper; predictions do "
        "not depend on it."
    ),
    reads=("SurvPath/models/model_DeepMISL.py",),
    register=("D15",),
)


def check(at: Checkouts) -> Finding:
    """Go backward through the fused model and list parameters without a gradient."""
    composition = pd.DataFrame(torch.ones(40, 5).numpy())
    model = at.load(CLAIM.reads[0]).DeepMISL(
        omic_input_dim=40, fusion="concat", df_comp=composition, device="cpu"
    )
    model(data_WSI=torch.randn(10, 1024), data_omics=torch.randn(1, 40)).sum().backward()
    unread = [(name, one.numel()) for name, one in model.named_parameters() if one.grad is None]
    return decide(
        not unread,
        "every parameter has a gradient",
        "some parameters have none",
        number("parameters without a gradient, at 40 genes", sum(size for _, size in unread)),
        table("which", ("parameter", "numbers"), unread),
    )
