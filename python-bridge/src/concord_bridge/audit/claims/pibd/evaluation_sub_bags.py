"""D24: the sub-bags of an evaluation."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import patch

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number, table
from concord_bridge.published.on_cpu import cuda_stays_here

CLAIM = Claim(
    sentence="An evaluation looks at eight random sub-bags of a case's patches.",
    kind="code",
    source="zylbuaa/PIBD@bd5bd94, models/model_PIBD.py, lines 76–77, 123–124 and 374–376",
    recorded="fails",
    meaning=(
        "The noise of the prototypes is made after a call that resets the global generator, so from the "
        "second sub-bag on the same patches come again: about 960 of 4,096 are seen. It also gives "
        "every epoch the same state afterwards. Training within an epoch is not affected."
    ),
    reads=("PIBD/models/model_PIBD.py",),
    register=("D24",),
)


def check(at: Checkouts) -> Finding:
    """Evaluate one case of 4,096 patches and keep each permutation that the class draws."""
    args = SimpleNamespace(
        omic_sizes=[3] * 20,
        n_classes=4,
        encoding_dim=32,
        wsi_projection_dim=32,
        omics_format="pathways",
        ratio_wsi=0.5,
        ratio_omics=0.8,
        sample_num=5,
        num_patches=4096,
        alpha=0.1,
        beta=0.01,
        seed=1,
    )
    model = at.load(CLAIM.reads[0]).PIBD(args).eval()
    drawn: list[torch.Tensor] = []
    permute = torch.randperm

    def spy(count: int, *rest: object, **options: object) -> torch.Tensor:
        drawn.append(permute(count, *rest, **options))
        return drawn[-1]

    genes = {f"x_omic{i + 1}": torch.randn(1, 3) for i in range(20)}
    with cuda_stays_here(), patch.object(torch, "randperm", spy), torch.no_grad():
        model(x_wsi=torch.randn(1, 4096, 32), return_attn=False, y=None, c=None, **genes)
    bags = [one[:512] for one in drawn if len(one) == 4096]
    different = len({tuple(one.tolist()) for one in bags})
    seen = len(set(torch.cat(bags).tolist()))
    return decide(
        different == len(bags) == 8,
        "eight different sub-bags are drawn",
        f"{different} of {len(bags)} sub-bags are different",
        number("sub-bags", len(bags)),
        number("different ones", different),
        number("patches seen, of 4,096", seen),
        table(
            "first patches of each",
            ("sub-bag", "patches"),
            [(i + 1, ", ".join(map(str, one[:6].tolist()))) for i, one in enumerate(bags)],
        ),
    )
