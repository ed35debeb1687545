"""D15: the sum over patches."""

from __future__ import annotations

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table

CLAIM = Claim(
    sentence="A prediction of DeepMISL does not grow with the number of patches.",
    kind="code",
    source="mahmoodlab/SurvPath@3f73ddd, models/model_DeepMISL.py, line 124",
    recorded="fails",
    meaning=(
        "Patches are summed and not averaged, so logits grow with the bag; training sees 4,096 patches, "
        "evaluation all of them. Saturated risks of such a model are ties, which a C-index counts as one "
        "half."
    ),
    reads=("SurvPath/models/model_DeepMISL.py",),
    register=("D15",),
)


def check(at: Checkouts) -> Finding:
    """Largest logit of an untrained model on bags of one kind and growing size."""
    model = at.load(CLAIM.reads[0]).DeepMISL
    import pandas as pd

    net = model(omic_input_dim=4, fusion=None, df_comp=pd.DataFrame(torch.ones(4, 2).numpy())).eval()
    rows = []
    for patches in (100, 1000, 10_000):
        with torch.no_grad():
            rows.append((patches, float(net(data_WSI=torch.randn(patches, 1024)).abs().max())))
    return decide(
        rows[-1][1] < 2 * rows[0][1],
        "the logits keep their size",
        "the logits grow with the bag",
        table("largest logit", ("patches", "logit"), rows),
    )
