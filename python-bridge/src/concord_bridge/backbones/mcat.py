"""MCAT in plain PyTorch, and the model that it shares with MOTCat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.backbones.plug_in import plug_in
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.layers.co_attention import co_attention
from concord_bridge.layers.encoder_layer import encoder_layer
from concord_bridge.layers.forward_pass import ForwardPass
from concord_bridge.layers.gated_attention import gated_attention_pooling
from concord_bridge.layers.pathway_networks import pathway_networks
from concord_bridge.modules.module import BagModule
from concord_bridge.tape import Tape

DROPOUT = 0.25

LAYERS = (0, 1)
"""Of each modality's Transformer."""


@dataclass(frozen=True)
class McatConfig:
    """What fixes the shapes: genes of each group, width of patches, tokens and feed-forward, time bins."""

    pathway_sizes: tuple[int, ...]
    patch_width: int
    width: int = 256
    hidden: int = 512
    bins: int = 4

    @staticmethod
    def of(config: Mapping[str, Any]) -> McatConfig:
        """From the form in which TypeScript sends it."""
        return McatConfig(
            tuple(config["pathwaySizes"]),
            config["patchWidth"],
            config["width"],
            config["hidden"],
            config["bins"],
        )


class Mcat:
    """Gene tokens look at patches; a Transformer, gated pooling and a layer ρ for each modality; two layers.

    Args:
        config: the shapes.
        weights: by the names that TypeScript uses too; torch layouts. Borrowed, not copied.

    Source: Chen et al. 2021, ICCV; mahmoodlab/MCAT@b9cca63, models/model_coattn.py.
    """

    name = "mcat"

    def __init__(self, config: McatConfig, weights: Mapping[str, Tensor]) -> None:
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
        forward = ForwardPass(self.name, self.weights, tape, mode, tap)
        patches = torch.relu(forward.linear("wsi_net.0", case.patches, "patches.linear"))
        patches = forward.dropout("patches.dropout", patches, DROPOUT)  # [patches, width]
        genes = pathway_networks(forward, case.genes, self.config.pathway_sizes)  # [groups, width]
        # The plug-in point: before the modalities meet. The gene tokens go on to their own Transformer.
        genes, patches = plug_in(genes, patches, module, tape, mode, tap)
        seen = self.meet(forward, genes, patches)  # [groups, width]
        both = torch.cat([self._summary(forward, "path", seen), self._summary(forward, "omic", genes)], 1)
        fused = torch.relu(forward.linear("mm.0", both, "fusion.0"))  # [1, width]
        head = torch.relu(forward.linear("mm.2", fused, "fusion.2"))
        return Output(forward.linear("classifier", head, "logits"))

    def meet(self, forward: ForwardPass, genes: Tensor, patches: Tensor) -> Tensor:
        """One row of patch content for each gene token, [groups, width]."""
        return co_attention(forward, "coattn", genes, patches)

    def _summary(self, forward: ForwardPass, tower: str, tokens: Tensor) -> Tensor:
        for i in LAYERS:
            tokens = encoder_layer(forward, f"{tower}_transformer.layers.{i}", tokens, f"{tower}.{i}")
        head = f"{tower}_attention_head"
        pooled = gated_attention_pooling(forward, head, tokens, f"{tower}.attention")
        rho = torch.relu(forward.linear(f"{tower}_rho.0", pooled, f"{tower}.rho"))
        return forward.dropout(f"{tower}.rho.dropout", rho, DROPOUT)  # [1, width]


def open_backbone(config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> Mcat:
    """See concord_bridge.backbones.backbone.open_backbone."""
    return Mcat(McatConfig.of(config), weights)
