"""D2: the rank of the tensors that the released SurvPath hands to the module."""

from __future__ import annotations

import torch
from torch import Tensor

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, fails, failure, holds, tensor

CLAIM = Claim(
    sentence="The released SurvPath runs a forward pass in training with its module in place.",
    kind="code",
    source="HopkinsKwong/MCCSDG@48d5410, models/model_SurvPath(MCCSDG).py, lines 83 and 292–298",
    recorded="fails",
    meaning=(
        "The forward pass removes the batch axis before it calls the module, which expects it. Every "
        "training step of the released file stops there; evaluation, in which the module does nothing, "
        "runs. It does not say how the runs of the paper were made, which may have used another file."
    ),
    reads=("MCCSDG/models/model_SurvPath(MCCSDG).py",),
    register=("D2",),
)


def check(at: Checkouts) -> Finding:
    """One case of two pathways and five patches, in evaluation and in training."""
    model = at.load(CLAIM.reads[0]).SurvPath(omic_sizes=[3, 4], wsi_embedding_dim=8)

    def run() -> Tensor:
        genes = {"x_omic1": torch.randn(3), "x_omic2": torch.randn(4)}
        return model(x_path=torch.randn(1, 5, 8), return_attn=False, **genes)

    with torch.no_grad():
        logits = tensor(
            "logits in evaluation",
            model.eval()(
                x_path=torch.ones(1, 5, 8), x_omic1=torch.ones(3), x_omic2=torch.ones(4), return_attn=False
            ),
        )
    try:
        trained = model.train() and run()
    except RuntimeError as error:
        return fails(
            "evaluation runs, training raises", logits, failure("in training", error, at.root("MCCSDG"))
        )
    return holds("evaluation and training run", logits, tensor("logits in training", trained.detach()))
