"""DeepAttnMISL in plain PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.backbones.plug_in import plug_in_one
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.layers.forward_pass import ForwardPass
from concord_bridge.modules.module import BagModule
from concord_bridge.tape import Tape

DROPOUT = 0.5


class DeepAttnMisl:
    """Patches ReLU(W x + b) averaged within clusters, clusters averaged by attention, a log-risk.

    Args:
        config: `clusters`: how many there are.
        weights: by the names that TypeScript uses too; torch layouts. Borrowed, not copied.

    Source: doi 10.1016/j.media.2020.101789; uta-smile/DeepAttnMISL@d7099ed, DeepAttnMISL_model.py.
    """

    def __init__(self, config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> None:
        self.clusters: int = config["clusters"]
        self.weights = weights

    def forward(
        self,
        case: Case,
        tape: Tape | None = None,
        mode: Mode = "evaluation",
        module: BagModule | None = None,
        tap: Tap = ignore,
    ) -> Output:
        """See concord_bridge.backbones.backbone.Backbone.forward.

        Raises:
            ValueError: if the case has no clusters.
        """
        if case.clusters is None:
            raise ValueError("deepattnmisl: the case has no clusters; give one for each patch")
        forward = ForwardPass("deepattnmisl", self.weights, tape, mode, tap)
        kernel, bias = (forward.weight(f"embedding_net.0.{kind}") for kind in ("weight", "bias"))
        linear = forward.see("patches.linear", F.linear(case.patches, kernel[:, :, 0, 0], bias))
        embedded = forward.see("patches.relu", torch.relu(linear))  # [patches, width]
        # The plug-in point: embedded patches, before they are averaged.
        tokens = plug_in_one("strong", embedded, module, tape, mode, tap)
        members = [tokens[case.clusters == cluster] for cluster in range(self.clusters)]
        # The published loader gives an empty cluster one patch of zeros.
        nothing = torch.relu(bias)
        means = torch.stack([rows.mean(0) if len(rows) else nothing for rows in members])
        forward.see("clusters", means)

        hidden = forward.linear("attention.0", means, "attention.hidden")
        hidden = forward.see("attention.tanh", torch.tanh(hidden))
        scores = forward.linear("attention.2", hidden, "attention.scores")[:, 0]  # [clusters]
        empty = torch.tensor([len(rows) == 0 for rows in members])
        weights = scores.masked_fill(empty, -torch.inf).softmax(0)[None]  # [1, clusters]
        pooled = forward.see("pooled", forward.see("attention.weights", weights) @ means)  # [1, width]
        hidden = forward.see("head.relu", torch.relu(forward.linear("fc6.0", pooled, "head.hidden")))
        return Output(forward.linear("fc6.3", forward.dropout("head.dropout", hidden, DROPOUT), "logits"))


def open_backbone(config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> DeepAttnMisl:
    """See concord_bridge.backbones.backbone.open_backbone."""
    return DeepAttnMisl(config, weights)
