"""MOTCat in plain PyTorch: MCAT with optimal transport in place of co-attention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from concord_bridge.backbones.mcat import Mcat, McatConfig
from concord_bridge.layers.forward_pass import ForwardPass
from concord_bridge.layers.unbalanced_transport import unbalanced_transport


class Motcat(Mcat):
    """See Mcat; Ĥ = πᵀ X with a plan π that is constant to the gradient.

    Args:
        config: the shapes.
        weights: as for Mcat.
        transport: `reg`, `regM` and `kernel` of the plan.

    Source: Xu and Chen 2023, ICCV; Innse/MOTCat@fe70abc, models/model_motcat.py.
    """

    name = "motcat"

    def __init__(
        self, config: McatConfig, weights: Mapping[str, Tensor], transport: Mapping[str, Any]
    ) -> None:
        super().__init__(config, weights)
        self.transport = transport

    def meet(self, forward: ForwardPass, genes: Tensor, patches: Tensor) -> Tensor:
        """See Mcat.meet: what transport brings of the patches to each gene token."""
        with torch.no_grad():
            ends = (tokens - tokens.min(1, keepdim=True).values for tokens in (patches, genes))
            distances = forward.see("transport.distances", torch.cdist(*ends) ** 2)  # [patches, groups]
            cost = distances / distances.max()
            options = self.transport
            plan = unbalanced_transport(cost, options["reg"], options["regM"], options["kernel"])
        return forward.see("transport.out", forward.see("transport.plan", plan).T @ patches)


def open_backbone(config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> Motcat:
    """See concord_bridge.backbones.backbone.open_backbone."""
    return Motcat(McatConfig.of(config), weights, config["transport"])
