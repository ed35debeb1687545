"""SNNOmics in plain PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.backbones.plug_in import plug_in_none
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.layers.forward_pass import ForwardPass
from concord_bridge.layers.self_normalising_network import self_normalising_network
from concord_bridge.modules.module import BagModule
from concord_bridge.tape import Tape


class SnnOmics:
    """Two self-normalising blocks over all genes at once, and a Linear. It has no tokens and takes no module.

    Args:
        config: `genePositions`: where each distinct gene first stands in the packed expression.
        weights: by the names that TypeScript uses too; torch layouts. Borrowed, not copied.

    Source: arXiv 1706.02515; mahmoodlab/SurvPath@3f73ddd, models/model_SNNOmics.py.
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
        forward = ForwardPass("snnomics", self.weights, tape, mode, tap)
        hidden = self_normalising_network(forward, "fc_omic", case.genes[self.positions][None])  # [1, width]
        return Output(forward.linear("classifier", hidden, "logits"))


def open_backbone(config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> SnnOmics:
    """See concord_bridge.backbones.backbone.open_backbone."""
    return SnnOmics(config, weights)
