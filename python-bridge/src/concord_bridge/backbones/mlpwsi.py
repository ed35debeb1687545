"""MLPWSI in plain PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.backbones.plug_in import plug_in
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.layers.forward_pass import ForwardPass
from concord_bridge.modules.module import BagModule
from concord_bridge.tape import Tape

DROPOUT = 0.25
HEADS = 2


class MlpWsi:
    """One token of all genes and patch tokens in SurvPath's attention: genes see all, patches see genes.

    Args:
        config: `genePositions`: where each distinct gene first stands in the packed expression.
        weights: by the names that TypeScript uses too; torch layouts. Borrowed, not copied.

    Source: mahmoodlab/SurvPath@3f73ddd, models/model_MLPWSI.py.
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
        forward = ForwardPass("mlpwsi", self.weights, tape, mode, tap)
        linear = forward.linear("wsi_projection_net.0", case.patches, "patches.linear")
        patches = forward.see("patches.relu", torch.relu(linear))  # [patches, width]
        linear = forward.linear("omic_projection_net.0", case.genes[self.positions][None], "genes.linear")
        genes = forward.see("genes.relu", torch.relu(linear))
        genes = forward.dropout("genes.dropout", genes, DROPOUT)  # [1, width]
        # The plug-in point: after both projections, before the fusion.
        genes, patches = plug_in(genes, patches, module, tape, mode, tap)
        tokens = torch.cat([genes, patches])  # [1 + patches, width]

        tokens = forward.layer_norm("cross_attender.norm", tokens, "attention.norm")
        attended = self._attention(forward, tokens)
        normal = forward.layer_norm("feed_forward.norm", attended, "feedForward.norm")
        hidden = F.gelu(forward.linear("feed_forward.net.0", normal, "feedForward.hidden"))
        hidden = forward.dropout("feedForward.dropout", forward.see("feedForward.gelu", hidden), DROPOUT)
        hidden = forward.linear("feed_forward.net.3", hidden, "feedForward.out")
        embedding = forward.layer_norm("layer_norm", hidden, "norm")
        pooled = forward.see("pooled", embedding.mean(0, keepdim=True))  # [1, width]
        rectified = torch.relu(forward.linear("to_logits.0", pooled, "head.hidden"))
        return Output(forward.linear("to_logits.2", forward.see("head.relu", rectified), "logits"))

    def _attention(self, forward: ForwardPass, tokens: Tensor) -> Tensor:
        qkv = forward.linear("cross_attender.attn.to_qkv", tokens, "attention.qkv")
        query, key, value = (part.chunk(HEADS, dim=1) for part in qkv.chunk(3, dim=1))
        heads = []
        for head, (q, k, v) in enumerate(zip(query, key, value, strict=True)):
            scores = (q * q.shape[1] ** -0.5) @ k.T
            seen = {"pathway": scores[:1], "patch": scores[1:, :1]}
            outputs = []
            for kind, values in (("pathway", v), ("patch", v[:1])):
                weights = seen[kind].softmax(1)
                forward.see(f"attention.{head}.{kind}Scores", seen[kind])
                forward.see(f"attention.{head}.{kind}Weights", weights)
                outputs.append(weights @ values)
            heads.append(torch.cat(outputs))
        return forward.see("attention.out", torch.cat(heads, dim=1))


def open_backbone(config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> MlpWsi:
    """See concord_bridge.backbones.backbone.open_backbone."""
    return MlpWsi(config, weights)
