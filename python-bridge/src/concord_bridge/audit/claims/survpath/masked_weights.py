"""D16: dense storage of sparse layers."""

from __future__ import annotations

import pandas as pd
import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number, table

CLAIM = Claim(
    sentence="The stored weights of MaskedOmics are weights that it can learn.",
    kind="code",
    source="mahmoodlab/SurvPath@3f73ddd, models/model_MaskedOmics.py, lines 40–53",
    recorded="fails",
    meaning=(
        "Masked layers are stored whole: nearly all of their entries are multiplied by zero, get no "
        "gradient, and are counted as parameters. The function computed is the sparse one that is meant. "
        "The same storage is in ABMIL, TMIL and DeepMISL."
    ),
    reads=(
        "SurvPath/models/model_MaskedOmics.py",
        "SurvPath/datasets_csv/pathway_compositions/xena_comps.csv",
    ),
    register=("D16",),
)


def check(at: Checkouts) -> Finding:
    """Build it on the published composition table xena, go backward, and count gradients other than zero."""
    composition = pd.read_csv(at.path(CLAIM.reads[1]), index_col=0)
    module = at.load(CLAIM.reads[0], unused=["x_transformers"])
    model = module.MaskedOmics(df_comp=composition, input_dim=len(composition))
    model(data_omics=torch.randn(1, len(composition))).square().sum().backward()
    rows = []
    for name in ("fc_1_weight", "fc_2_weight"):
        gradient = getattr(model, name).grad
        rows.append((name, gradient.numel(), int((gradient != 0).sum())))
    stored, live = (sum(row[i] for row in rows) for i in (1, 2))
    biases = model.fc_1_bias
    return decide(
        live > 0.5 * stored,
        "most stored weights are live",
        f"{live:,} of {stored:,} stored weights are live",
        table("weights", ("layer", "stored", "with a gradient"), rows),
        number("least initial bias of the first layer", float(biases.min())),
        number("largest initial bias of the first layer", float(biases.max())),
    )
