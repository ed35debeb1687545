"""D14: what MLPWSI sees of the slide."""

from __future__ import annotations

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number

CLAIM = Claim(
    sentence="The multimodal baseline MLPWSI predicts from patches and genes.",
    kind="code",
    source=("mahmoodlab/SurvPath@3f73ddd, models/model_MLPWSI.py; models/layers/cross_attention.py, line 94"),
    recorded="fails",
    meaning=(
        "Its patches attend to a single key, the genes, so each patch's row equals the genes' value "
        "whatever the patch shows. The baseline is in effect one of genes alone, and a comparison with it "
        "is no evidence about fusion."
    ),
    reads=("SurvPath/models/model_MLPWSI.py",),
    register=("D14",),
)


def check(at: Checkouts) -> Finding:
    """Exchange all patches, then the genes, and compare how far the logits move."""
    module = at.load(CLAIM.reads[0], unused=["x_transformers"])
    model = module.MLPWSI(wsi_embedding_dim=768, input_dim_omics=1577).eval()
    genes, others = torch.randn(2, 1, 1577)
    patches, other_patches = torch.randn(2, 1, 4096, 768)
    with torch.no_grad():
        tokens = torch.cat(
            [model.omic_projection_net(genes).unsqueeze(1), model.wsi_projection_net(patches)], 1
        )
        rows = model.cross_attender(x=tokens)[0, 1:]
        at_first = model(data_omics=genes, data_WSI=patches, mask=None)
        by_patches = model(data_omics=genes, data_WSI=other_patches, mask=None)
        by_genes = model(data_omics=others, data_WSI=patches, mask=None)
    spread = float((rows - rows[0]).abs().max())
    moved = [float((at_first - one).abs().max()) for one in (by_patches, by_genes)]
    return decide(
        spread > 1e-6,
        "attended patches differ from each other",
        "every attended patch is the same vector",
        number("largest difference of two attended patches", spread),
        number("change of a logit when all patches are exchanged", moved[0]),
        number("change of a logit when the genes are exchanged", moved[1]),
    )
