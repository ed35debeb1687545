"""TransMIL in plain PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.backbones.plug_in import plug_in_one
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.layers.class_token_encoder import ClassTokenEncoder, trans_layer_attention
from concord_bridge.layers.forward_pass import ForwardPass
from concord_bridge.modules.module import BagModule
from concord_bridge.tape import Tape


class TransMil:
    """Patch tokens on a square, a class token that two Nyström layers let look at them; it gives the logits.

    Args:
        encoder: see ClassTokenEncoder.
        weights: by the names that TypeScript uses too; torch layouts. Borrowed, not copied.

    Source: arXiv 2106.00908; szc19990412/TransMIL@9d6aee5, models/TransMIL.py.
    """

    def __init__(self, encoder: ClassTokenEncoder, weights: Mapping[str, Tensor]) -> None:
        self.encoder = encoder
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
        forward = ForwardPass("transmil", self.weights, tape, mode, tap)
        tokens = torch.relu(forward.linear("_fc1.0", case.patches, "patches.linear"))  # [patches, width]
        # The plug-in point: after the projection, before the square is filled up.
        tokens = plug_in_one("strong", forward.see("patches.relu", tokens), module, tape, mode, tap)
        token, _ = self.encoder(forward, tokens)  # [1, width]
        return Output(forward.linear("_fc2", token, "logits"))


def open_backbone(config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> TransMil:
    """See concord_bridge.backbones.backbone.open_backbone."""
    attention = trans_layer_attention(config["width"], config["keep"])
    return TransMil(ClassTokenEncoder("", attention, square=True, name="encoder"), weights)
