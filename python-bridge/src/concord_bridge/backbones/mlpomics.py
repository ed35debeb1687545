"""MLPOmics in plain PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.backbones.plug_in import plug_in_none
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.layers.forward_pass import ForwardPass
from concord_bridge.modules.module import BagModule
from concord_bridge.tape import Tape

DROPOUT = 0.25


class MlpOmics:
    """Two layers Drop(ReLU(W h + b)) over all genes at once, and a Linear. No tokens, no module.

    Args:
        config: `genePositions`: where each distinct gene first stands in the packed expression.
        weights: by the names that TypeScript uses too; torch layouts. Borrowed, not copied.

    Source: mahmoodlab/SurvPath@3f73ddd, models/model_MLPOmics.py.
    """

    def __init__(self, config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> None:
        self.positions = list(config["genePositions"])
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
        plug_in_none(module)
        forward = ForwardPass("mlpomics", self.weights, tape, mode, tap)
        values = case.genes[self.positions][None]  # [1, genes]
        for layer, name in (("net.0", "genes.0"), ("net.3", "genes.1")):
            linear = forward.linear(layer, values, f"{name}.linear")
            rectified = forward.see(f"{name}.relu", torch.relu(linear))
            values = forward.dropout(f"{name}.dropout", rectified, DROPOUT)  # [1, width]
        return Output(forward.linear("to_logits.0", values, "logits"))


def open_backbone(config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> MlpOmics:
    """See concord_bridge.backbones.backbone.open_backbone."""
    return MlpOmics(config, weights)
