"""The width of the patch features."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from types import SimpleNamespace
from typing import Any

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number
from concord_bridge.audit.source import definition

CLAIM = Claim(
    sentence="SurvPath is built for the feature width that the arguments name.",
    kind="code",
    source="mahmoodlab/SurvPath@3f73ddd, utils/core_utils.py, lines 206–213",
    recorded="fails",
    meaning=(
        "The width is not handed on and stays at 1,024, so features of another width stop the first "
        "forward pass. Baselines of the same script get it."
    ),
    reads=("SurvPath/utils/core_utils.py",),
)


def check(at: Checkouts) -> Finding:
    """Ask the published function for a SurvPath of 768 with a spy in the place of the class."""
    given: dict[str, Any] = {}

    class Spy(torch.nn.Module):
        def __init__(self, **options: Any) -> None:
            super().__init__()
            given.update(options)

    args = SimpleNamespace(
        modality="survpath",
        type_of_path="combine",
        study="tcga_blca",
        encoding_dim=768,
        omic_sizes=[1],
        n_classes=4,
        use_nystrom=False,
        results_dir="",
        bag_loss="nll_surv",
    )
    init = definition(
        at.path(CLAIM.reads[0]), "_init_model", torch=torch, SurvPath=Spy, _print_network=lambda *_: None
    )
    with redirect_stdout(StringIO()):
        init(args)
    width = given.get("wsi_embedding_dim", 1024)
    return decide(
        width == 768,
        "the width is handed on",
        "the width is not handed on",
        number("asked for", 768),
        number("built", width),
    )
