"""ABMIL over slides alone, in plain PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.backbones.plug_in import plug_in_one
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.layers.forward_pass import ForwardPass
from concord_bridge.layers.gated_attention import gated_attention_pooling
from concord_bridge.modules.module import BagModule
from concord_bridge.tape import Tape

DROPOUT = 0.25


class Abmil:
    """Patches Drop(ReLU(W x + b)) averaged by gated attention; a hidden layer; a Linear.

    Args:
        weights: by the names that TypeScript uses too; torch layouts. Borrowed, not copied.

    Source: arXiv 1802.04712; mahmoodlab/SurvPath@3f73ddd, models/model_ABMIL.py, without fusion.
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
        forward = ForwardPass("abmil", self.weights, tape, mode, tap)
        linear = forward.linear("attention_net.0", case.patches, "patches.linear")  # [patches, width]
        embedded = forward.see("patches.relu", torch.relu(linear))
        tokens = forward.dropout("patches.dropout", embedded, DROPOUT)
        # The plug-in point: embedded patches, before attention.
        tokens = plug_in_one("strong", tokens, module, tape, mode, tap)
        pooled = gated_attention_pooling(forward, "attention_net.3", tokens)  # [1, width]
        hidden = forward.see("rho.relu", torch.relu(forward.linear("rho.0", pooled, "rho.linear")))
        case_vector = forward.dropout("rho.dropout", hidden, DROPOUT)
        return Output(forward.linear("classifier", case_vector, "logits"))


def open_backbone(_config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> Abmil:
    """See concord_bridge.backbones.backbone.open_backbone."""
    return Abmil(weights)
