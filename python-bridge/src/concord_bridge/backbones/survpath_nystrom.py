"""SurvPath with Nyström attention in plain PyTorch, its pathway networks packed into few tensors."""

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
from concord_bridge.layers.forward_pass import ForwardPass
from concord_bridge.layers.nystrom_attention import NystromOptions, nystrom_attention
from concord_bridge.layers.pathway_networks import pathway_networks
from concord_bridge.modules.module import BagModule
from concord_bridge.tape import Tape

FEED_FORWARD_DROPOUT = 0.1


@dataclass(frozen=True)
class SurvPathNystrom:
    """Pathway tokens and patch tokens attend to each other by way of landmarks.

    Args:
        pathway_sizes: genes of each pathway.
        attention: see NystromOptions.
        weights: by the names that TypeScript uses too; torch layouts. Borrowed, not copied.

    Source: mahmoodlab/SurvPath@3f73ddd, models/model_SurvPath_with_nystrom.py.
    """

    pathway_sizes: tuple[int, ...]
    attention: NystromOptions
    weights: Mapping[str, Tensor]

    def forward(
        self,
        case: Case,
        tape: Tape | None = None,
        mode: Mode = "evaluation",
        module: BagModule | None = None,
        tap: Tap = ignore,
    ) -> Output:
        """See concord_bridge.backbones.backbone.Backbone.forward."""
        forward = ForwardPass("survpath-nystrom", self.weights, tape, mode, tap)
        pathways = pathway_networks(forward, case.genes, self.pathway_sizes)  # [pathways, width]
        patches = forward.linear("wsi_projection_net.0", case.patches, "patches.linear")  # [patches, width]
        # The plug-in point: after both projections, before the fusion.
        pathways, patches = plug_in(pathways, patches, module, tape, mode, tap)
        tokens = torch.cat([pathways, patches])  # [tokens, width]

        attended = nystrom_attention(forward, "cross_attender", tokens, self.attention, "attention")
        normal = forward.layer_norm("feed_forward.norm", attended, "feedForward.norm")
        hidden = F.gelu(forward.linear("feed_forward.net.0", normal, "feedForward.hidden"))
        hidden = forward.dropout(
            "feedForward.dropout", forward.see("feedForward.gelu", hidden), FEED_FORWARD_DROPOUT
        )
        hidden = forward.linear("feed_forward.net.3", hidden, "feedForward.out")
        embedding = forward.layer_norm("layer_norm", hidden, "norm")  # [tokens, width]

        count = len(self.pathway_sizes)
        pooled = torch.cat([embedding[:count].mean(0), embedding[count:].mean(0)])[None]  # [1, 2 width]
        hidden = forward.linear("to_logits.0", forward.see("pooled", pooled), "head.hidden")
        rectified = forward.see("head.relu", torch.relu(hidden))
        return Output(forward.linear("to_logits.2", rectified, "logits"))


def open_backbone(config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> SurvPathNystrom:
    """See concord_bridge.backbones.backbone.open_backbone."""
    return SurvPathNystrom(tuple(config["pathwaySizes"]), NystromOptions.of(config["attention"]), weights)
