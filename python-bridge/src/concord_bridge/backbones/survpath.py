"""SurvPath in plain PyTorch, its pathway networks packed into few tensors."""

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
from concord_bridge.layers.pathway_networks import pathway_networks
from concord_bridge.modules.module import BagModule
from concord_bridge.tape import Tape

FEED_FORWARD_DROPOUT = 0.1


@dataclass(frozen=True)
class SurvPathConfig:
    """What fixes the shapes: genes of each pathway, width of patches and tokens, number of time bins."""

    pathway_sizes: tuple[int, ...]
    patch_width: int
    width: int = 256
    bins: int = 4

    @staticmethod
    def of(config: Mapping[str, Any]) -> SurvPathConfig:
        """From the form in which TypeScript sends it."""
        return SurvPathConfig(
            tuple(config["pathwaySizes"]), config["patchWidth"], config["width"], config["bins"]
        )

    @property
    def ragged(self) -> dict[str, tuple[int, ...]]:
        """See concord_bridge.state_dict."""
        return {"sig_networks.*.0.0.weight": self.pathway_sizes}


class SurvPath:
    """Pathway tokens and patch tokens meet in one attention: pathways see all tokens, patches see pathways.

    Args:
        config: the shapes.
        weights: by the names that TypeScript uses too; torch layouts. Borrowed, not copied.

    Source: arXiv 2304.06819; mahmoodlab/SurvPath@3f73ddd, models/model_SurvPath.py.
    """

    def __init__(self, config: SurvPathConfig, weights: Mapping[str, Tensor]) -> None:
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
        forward = ForwardPass("survpath", self.weights, tape, mode, tap)
        pathways = pathway_networks(forward, case.genes, self.config.pathway_sizes)  # [pathways, width]
        patch_tokens = forward.linear(
            "wsi_projection_net.0", case.patches, "patches.linear"
        )  # [patches, width]
        # The plug-in point: after both projections, before the fusion.
        pathways, patch_tokens = plug_in(pathways, patch_tokens, module, tape, mode, tap)
        tokens = torch.cat([pathways, patch_tokens])  # [tokens, width]

        tokens = forward.layer_norm("cross_attender.norm", tokens, "attention.norm")
        attended = self._attention(forward, tokens)  # [tokens, width / 2]
        normal = forward.layer_norm("feed_forward.norm", attended, "feedForward.norm")
        hidden = F.gelu(forward.linear("feed_forward.net.0", normal, "feedForward.hidden"))
        hidden = forward.dropout(
            "feedForward.dropout", forward.see("feedForward.gelu", hidden), FEED_FORWARD_DROPOUT
        )
        hidden = forward.linear("feed_forward.net.3", hidden, "feedForward.out")
        embedding = forward.layer_norm("layer_norm", hidden, "norm")

        count = len(self.config.pathway_sizes)
        pooled = torch.cat([embedding[:count].mean(0), embedding[count:].mean(0)])[None]  # [1, width]
        hidden = forward.linear("to_logits.0", forward.see("pooled", pooled), "head.hidden")
        rectified = forward.see("head.relu", torch.relu(hidden))
        return Output(forward.linear("to_logits.2", rectified, "logits"))

    def _attention(self, forward: ForwardPass, tokens: Tensor) -> Tensor:
        count = len(self.config.pathway_sizes)
        qkv = forward.linear("cross_attender.attn.to_qkv", tokens, "attention.qkv")
        query, key, value = qkv.chunk(3, dim=1)
        query = query * query.shape[1] ** -0.5
        pathway_scores = query[:count] @ key.T
        pathway_weights = pathway_scores.softmax(1)
        patch_scores = query[count:] @ key[:count].T
        patch_weights = patch_scores.softmax(1)
        attended = torch.cat([pathway_weights @ value, patch_weights @ value[:count]])
        for name, tensor in (
            ("q", query),
            ("k", key),
            ("v", value),
            ("pathwayScores", pathway_scores),
            ("pathwayWeights", pathway_weights),
            ("patchScores", patch_scores),
            ("patchWeights", patch_weights),
            ("out", attended),
        ):
            forward.see(f"attention.{name}", tensor)
        return attended


def open_backbone(config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> SurvPath:
    """See concord_bridge.backbones.backbone.open_backbone."""
    return SurvPath(SurvPathConfig.of(config), weights)
