"""D26: the softmax of the slide's rows."""

from __future__ import annotations

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number
from concord_bridge.published.checkout import load_module

CLAIM = Claim(
    sentence="In the full mode every token attends to all tokens with one softmax.",
    kind="code",
    source="mahmoodlab/MMP@5878b84, src/mil_models/components.py, lines 149–151",
    recorded="fails",
    meaning=(
        "Scores of slide tokens on pathways go through a softmax of their own before they stand beside "
        "raw scores in a second one. Pathway rows are ordinary. A trained model has learned with it, so "
        "it has to be kept to use published weights."
    ),
    reads=("MMP/src/mil_models/components.py",),
    register=("D26",),
)

PATHWAYS, TOKENS = 5, 9


def check(at: Checkouts) -> Finding:
    """Compare the class with ordinary attention from its own weights, pathways and slide apart."""
    module = load_module(
        at.root("MMP") / "src", "mil_models/components.py", package="mil_models", unused=["tqdm"]
    )
    layer = module.MMAttention(
        dim=16, dim_head=8, heads=1, residual=False, num_pathways=PATHWAYS, attn_mode="full"
    ).eval()
    tokens = torch.randn(1, TOKENS, 16)
    with torch.no_grad():
        out = layer(tokens)
        query, key, value = layer.to_qkv(tokens).chunk(3, dim=-1)
        ordinary = (query @ key.transpose(1, 2) * 8**-0.5).softmax(dim=-1) @ value
    gaps = (out - ordinary).abs()
    pathways, slide = float(gaps[:, :PATHWAYS].max()), float(gaps[:, PATHWAYS:].max())
    return decide(
        slide < 1e-5,
        "all rows are ordinary attention",
        "rows of the slide are not ordinary attention",
        number("largest distance from ordinary attention, pathway rows", pathways),
        number("largest distance, rows of the slide", slide),
    )
