"""DeepMISL as SurvPath's authors call it, in fact Deep Sets, in plain PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.backbones.plug_in import plug_in_one
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.layers.forward_pass import ForwardPass
from concord_bridge.modules.module import BagModule
from concord_bridge.tape import Tape

DROPOUT = 0.25


class DeepMisl:
    """Patches Drop(ReLU(W x + b)) are summed; a hidden layer; a Linear.

    Args:
        weights: by the names that TypeScript uses too; torch layouts. Borrowed, not copied.

    Source: arXiv 1703.06114; mahmoodlab/SurvPath@3f73ddd, models/model_DeepMISL.py, without fusion.
    """

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        self.weights = weights

    def forward(
        self,
        case: Case,
        tape: Tape | None = None,
        mode: Mode = "evaluation",
        module: BagModule | None = None,
        tap: Tap = ignore,
    ) -> Output:
        """See concord_bridge.backbones.backbone.Backbone.forward."""
        forward = ForwardPass("deepmisl", self.weights, tape, mode, tap)
        linear = forward.linear("phi.0", case.patches, "patches.linear")  # [patches, width]
        embedded = forward.see("patches.relu", torch.relu(linear))
        tokens = forward.dropout("patches.dropout", embedded, DROPOUT)
        # The plug-in point: embedded patches, before they are summed.
        tokens = plug_in_one("strong", tokens, module, tape, mode, tap)
        pooled = forward.see("pooled", tokens.sum(0, keepdim=True))  # [1, width]
        hidden = forward.see("rho.relu", torch.relu(forward.linear("rho.0", pooled, "rho.linear")))
        case_vector = forward.dropout("rho.dropout", hidden, DROPOUT)
        return Output(forward.linear("classifier", case_vector, "logits"))


def open_backbone(_config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> DeepMisl:
    """See concord_bridge.backbones.backbone.open_backbone."""
    return DeepMisl(weights)
