"""MaskedOmics in plain PyTorch, its masked layers as dense products."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.backbones.plug_in import plug_in_one
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.layers.forward_pass import ForwardPass
from concord_bridge.layers.masked_pathways import block_mask, gene_mask, masked_linear
from concord_bridge.modules.module import BagModule
from concord_bridge.tape import Tape

DROPOUT = 0.25


class MaskedOmics:
    """Genes reach the units of their pathways, those other units of the same pathway; then a head over all.

    Args:
        config: `genes`, `pathways` as positions among them, `units` of each pathway in both masked layers.
        weights: by the names that TypeScript uses too; masked ones [in, out]. Borrowed, not copied.

    Source: doi 10.1038/s41586-021-03922-4; mahmoodlab/SurvPath@3f73ddd, models/model_MaskedOmics.py.
    """

    def __init__(self, config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> None:
        self.genes: int = config["genes"]
        self.pathways: list[list[int]] = config["pathways"]
        self.weights = weights
        first, second = config["units"]
        self.masks = (
            gene_mask(self.pathways, self.genes, first, weights["fc_1_weight"]),
            block_mask(len(self.pathways), first, second, weights["fc_2_weight"]),
        )

    def forward(
        self,
        case: Case,
        tape: Tape | None = None,
        mode: Mode = "evaluation",
        module: BagModule | None = None,
        tap: Tap = ignore,
    ) -> Output:
        """See concord_bridge.backbones.backbone.Backbone.forward."""
        forward = ForwardPass("maskedomics", self.weights, tape, mode, tap)
        values = torch.zeros(1, self.genes, dtype=case.genes.dtype)
        values[0, list(itertools.chain.from_iterable(self.pathways))] = case.genes
        for i, mask in enumerate(self.masks):
            weight, bias = (forward.weight(f"fc_{i + 1}_{kind}") for kind in ("weight", "bias"))
            values = masked_linear(values, weight, mask, bias)
            forward.see(f"pathways.{i}.linear", values.reshape(len(self.pathways), -1))
        # The plug-in point: the units of each pathway are a token, before the head mixes them.
        tokens = values.reshape(len(self.pathways), -1)
        tokens = plug_in_one("weak", tokens, module, tape, mode, tap)
        hidden = forward.linear("to_logits.0", tokens.reshape(1, -1), "head.hidden")
        rectified = forward.see("head.relu", torch.relu(hidden))
        dropped = forward.dropout("head.dropout", rectified, DROPOUT)
        return Output(forward.linear("to_logits.3", dropped, "logits"))


def open_backbone(config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> MaskedOmics:
    """See concord_bridge.backbones.backbone.open_backbone."""
    return MaskedOmics(config, weights)
