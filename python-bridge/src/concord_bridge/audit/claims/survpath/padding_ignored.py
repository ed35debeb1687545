"""D13: zero patches that pad a bag."""

from __future__ import annotations

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number, tensor

CLAIM = Claim(
    sentence="Zero patches that pad a short bag do not change a prediction.",
    kind="code",
    source=(
        "mahmoodlab/SurvPath@3f73ddd, models/model_SurvPath.py and datasets/dataset_survival.py, line 797"
    ),
    recorded="fails",
    meaning=(
        "The loader makes a mask and the model does not take it, so in training a short bag is seen with "
        "padding as patches, and in evaluation without. It matters for slides with fewer patches than "
        "4,096."
    ),
    reads=("SurvPath/models/model_SurvPath.py",),
    register=("D13",),
)


def check(at: Checkouts) -> Finding:
    """Predict one case of 100 patches, alone and padded to 4,096."""
    model = at.load(CLAIM.reads[0]).SurvPath(omic_sizes=[20, 30, 40], wsi_embedding_dim=768).eval()
    patches = torch.randn(1, 100, 768)
    genes = {f"x_omic{i + 1}": torch.randn(size) for i, size in enumerate((20, 30, 40))}
    padded = torch.cat([patches, torch.zeros(1, 3996, 768)], dim=1)
    with torch.no_grad():
        alone, with_zeros = (model(x_path=bag, return_attn=False, **genes) for bag in (patches, padded))
    gap = float((alone - with_zeros).abs().max())
    return decide(
        gap < 1e-5,
        "logits are the same",
        "logits move",
        number("largest change of a logit", gap),
        tensor("logits, 100 patches", alone),
        tensor("logits, padded", with_zeros),
    )
