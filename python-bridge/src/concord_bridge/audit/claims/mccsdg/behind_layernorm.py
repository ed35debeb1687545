"""What the LayerNorm behind the module leaves of entanglement."""

from __future__ import annotations

import random
from typing import Any

import torch
from torch import Tensor, nn

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, cannot, decide, number, table

CLAIM = Claim(
    sentence="Entanglement by itself, without masking before it, changes what its SurvPath makes of a case.",
    kind="code",
    source=(
        "HopkinsKwong/MCCSDG@48d5410, models/model_SurvPath(MCCSDG).py, lines 121–155 and 292–310; "
        "models/layers/cross_attention.py, class MMAttentionLayer"
    ),
    recorded="fails",
    meaning=(
        "Entanglement changes a token's mean and spread over its channels. SurvPath's attention begins "
        "with a LayerNorm over just these, without a residual around it, so that only its epsilon tells "
        "the two apart. Masking passes. Entanglement after masking passes in part: a partner that masking "
        "silenced has a variance of one millionth, less than the epsilon of the LayerNorm, and a token "
        "that takes it over shrinks. With a smaller epsilon that is gone: what comes through is whether "
        "a partner was masked, hardly how it is distributed. The batch axis, which the released forward pass "
        "takes away, is given back here, and bags are of equal size. Networks without such a LayerNorm "
        "are not concerned, and it does not say how the runs of the paper were made."
    ),
    reads=("MCCSDG/models/model_SurvPath(MCCSDG).py", "MCCSDG/models/layers/cross_attention.py"),
)

TOKENS = 64
"""Of each modality: entanglement raises on bags of different sizes."""
DRAWS = 50
ERASED = 0.01
"""Share of what masking changes, below which entanglement counts as taken away."""


class _InTraining(nn.Module):
    """The published module in training in any network, with the batch axis given back."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self._call = module.train().__call__

    def forward(self, genes: Tensor, patches: Tensor) -> tuple[Tensor, Tensor]:
        genes, patches = self._call(genes[None], patches[None])
        return genes[0], patches[0]


def check(at: Checkouts) -> Finding:
    """Change of the logits by each part of the module; with the LayerNorm, a finer one, and none."""
    published = at.load(CLAIM.reads[0])
    torch.manual_seed(1)
    model = published.SurvPath(omic_sizes=[5] * TOKENS, wsi_embedding_dim=32).eval()
    case = {f"x_omic{i + 1}": torch.randn(5) for i in range(TOKENS)}
    case["x_path"] = torch.randn(1, TOKENS, 32)

    rows = [("as released, epsilon 1e-5", *_changes(published, model, case))]
    model.cross_attender.norm.eps = 1e-9
    rows.append(("epsilon 1e-9", *_changes(published, model, case)))
    model.cross_attender.norm = nn.Identity()
    rows.append(("none", *_changes(published, model, case)))

    _, alone, masking, _ = rows[0]
    evidence = (
        number("draws", DRAWS),
        number("entanglement alone, as a share of what masking changes", alone / masking),
        table(
            "mean change of a logit",
            (
                "LayerNorm",
                "by entanglement alone",
                "by masking alone",
                "by entanglement after that masking",
            ),
            rows,
        ),
    )
    _, control, control_masking, _ = rows[-1]
    if control < ERASED * control_masking:
        return cannot("entanglement changes nothing without the LayerNorm either", *evidence)
    return decide(
        alone >= ERASED * masking,
        "its change is of the size of that by masking",
        "the LayerNorm behind it takes its change away; without the LayerNorm it is there",
        *evidence,
    )


def _changes(published: Any, model: nn.Module, case: dict[str, Tensor]) -> tuple[float, float, float]:
    """Mean absolute change of a logit by entanglement, by masking, and by the first after the second."""

    def logits(*, entangle: bool, p_mask: float) -> Tensor:
        module = published.MCCSDG(p_aug=1.0, p_mask=p_mask)
        module.set_enabled(entangle)
        model.MCCSDG = _InTraining(module)
        made = []
        for draw in range(DRAWS):
            torch.manual_seed(draw)
            random.seed(draw)
            made.append(model(return_attn=False, **case))
        return torch.cat(made)

    with torch.no_grad():
        plain = logits(entangle=False, p_mask=0.0)
        entangled = logits(entangle=True, p_mask=0.0)
        masked = logits(entangle=False, p_mask=0.5)
        both = logits(entangle=True, p_mask=0.5)
    return tuple(
        float((a - b).abs().mean()) for a, b in ((entangled, plain), (masked, plain), (both, masked))
    )
