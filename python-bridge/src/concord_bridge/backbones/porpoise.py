"""PORPOISE's multimodal fusion in plain PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.backbones.plug_in import plug_in
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.layers.bilinear_fusion import bilinear_fusion
from concord_bridge.layers.forward_pass import ForwardPass
from concord_bridge.layers.gated_attention import gated_attention_pooling
from concord_bridge.modules.module import BagModule
from concord_bridge.tape import Tape

DROPOUT = 0.25


@dataclass(frozen=True)
class PorpoiseConfig:
    """Where each gene stands in the packed vector, and which parts the fusion has."""

    genes: tuple[int, ...]
    gated: bool
    skip: bool

    @staticmethod
    def of(config: Mapping[str, Any]) -> PorpoiseConfig:
        """From the form in which TypeScript sends it; all widths are those of the weights."""
        return PorpoiseConfig(tuple(config["genes"]), config["gated"], config["skip"])


class Porpoise:
    """Patches pooled by gated attention, all genes through two blocks, bilinear fusion of both vectors.

    Args:
        config: genes and parts.
        weights: by the names that TypeScript uses too; torch layouts. Borrowed, not copied.

    Source: Chen et al. 2022, Cancer Cell; mahmoodlab/PORPOISE@3390dc4, models/model_porpoise.py.
    """

    def __init__(self, config: PorpoiseConfig, weights: Mapping[str, Tensor]) -> None:
        self.config = config
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
        forward = ForwardPass("porpoise", self.weights, tape, mode, tap)
        patches = torch.relu(forward.linear("attention_net.0", case.patches, "patches.linear"))
        patches = forward.dropout("patches.dropout", patches, DROPOUT)  # [patches, token_width]
        genes = case.genes[list(self.config.genes)][None]
        for block in (0, 1):
            activated = F.elu(forward.linear(f"fc_omic.{block}.0", genes, f"genes.{block}.linear"))
            genes = forward.alpha_dropout(f"genes.{block}.dropout", activated, DROPOUT)  # [1, width]
        # The plug-in point: before the patches are pooled.
        genes, patches = plug_in(genes, patches, module, tape, mode, tap)
        pooled = gated_attention_pooling(forward, "attention_net.3", patches)  # [1, token_width]
        rho = torch.relu(forward.linear("rho.0", pooled, "rho"))
        rho = forward.dropout("rho.dropout", rho, DROPOUT)  # [1, width]
        gated = self.config.gated
        fused = bilinear_fusion(
            forward, "mm", rho, genes, (gated, gated), self.config.skip, encoder_dropout=False
        )
        return Output(forward.linear("classifier_mm", fused, "logits"))


def open_backbone(config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> Porpoise:
    """See concord_bridge.backbones.backbone.open_backbone."""
    return Porpoise(PorpoiseConfig.of(config), weights)
