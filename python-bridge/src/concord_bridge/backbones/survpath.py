"""SurvPath in plain PyTorch, its pathway networks packed into few tensors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from concord_bridge.backbones.backbone import Output
from concord_bridge.backbones.plug_in import plug_in
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.modules.module import BagModule
from concord_bridge.tape import Tape

PATHWAY_DROPOUT = 0.25
FEED_FORWARD_DROPOUT = 0.1

SATURATION = -1.7580993408473766
"""What a unit dropped by alpha dropout becomes before the affine correction."""


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


def alpha_dropout(values: Tensor, keep: Tensor, p: float) -> Tensor:
    """Alpha dropout with a given mask [like values]: torch.nn.AlphaDropout's map, its draw taken out."""
    scale = 1 / math.sqrt((SATURATION**2 * p + 1) * (1 - p))
    return values * (keep * scale) + (keep - 1) * -SATURATION * scale - SATURATION * scale * p


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
        sizes = torch.tensor(config.pathway_sizes)
        self.pathway_of = torch.repeat_interleave(torch.arange(len(sizes)), sizes)

    def forward(
        self,
        genes: Tensor,
        patches: Tensor,
        tape: Tape | None = None,
        mode: Mode = "evaluation",
        module: BagModule | None = None,
        tap: Tap = ignore,
    ) -> Output:
        """See concord_bridge.backbones.backbone.Backbone.forward."""
        training = mode == "training"
        if training and tape is None:
            raise ValueError("survpath: training needs a tape")
        pathways = self._pathway_tokens(genes, tape if training else None, tap)  # [pathways, width]
        patch_tokens = self._linear("patches", patches, tap, "patches.linear")  # [patches, width]
        # The plug-in point: after both projections, before the fusion.
        pathways, patch_tokens = plug_in(pathways, patch_tokens, module, tape, mode, tap)
        tokens = torch.cat([pathways, patch_tokens])  # [tokens, width]

        attended = self._attention(self._norm("attention.norm", tokens, tap), tap)  # [tokens, width / 2]
        hidden = self._linear("feedForward.hidden", self._norm("feedForward.norm", attended, tap), tap)
        hidden = F.gelu(hidden)
        tap("feedForward.gelu", hidden)
        if training:
            assert tape is not None
            keep = tape.read("feedForward.dropout", hidden.shape)
            hidden = hidden * keep / (1 - FEED_FORWARD_DROPOUT)
            tap("feedForward.dropout", hidden)
        embedding = self._norm("norm", self._linear("feedForward.out", hidden, tap), tap)

        count = len(self.config.pathway_sizes)
        pooled = torch.cat([embedding[:count].mean(0), embedding[count:].mean(0)])[None]  # [1, width]
        tap("pooled", pooled)
        rectified = torch.relu(self._linear("head.hidden", pooled, tap))
        tap("head.relu", rectified)
        return Output(self._linear("head.out", rectified, tap, "logits"))

    def _pathway_tokens(self, genes: Tensor, tape: Tape | None, tap: Tap) -> Tensor:
        """Two self-normalising blocks for each pathway, all pathways at once: [pathways, width]."""
        weight, bias = self.weights["pathways.0.weight"], self.weights["pathways.0.bias"]
        tokens = torch.zeros_like(bias).index_add(0, self.pathway_of, weight * genes[:, None]) + bias
        tokens = self._self_normalise("pathways.0", tokens, tape, tap)
        weight, bias = self.weights["pathways.1.weight"], self.weights["pathways.1.bias"]
        tokens = torch.bmm(weight, tokens[:, :, None])[:, :, 0] + bias
        return self._self_normalise("pathways.1", tokens, tape, tap)

    def _self_normalise(self, name: str, values: Tensor, tape: Tape | None, tap: Tap) -> Tensor:
        tap(f"{name}.linear", values)
        values = F.elu(values)
        tap(f"{name}.elu", values)
        if tape is None:
            return values
        values = alpha_dropout(values, tape.read(f"{name}.dropout", values.shape), PATHWAY_DROPOUT)
        tap(f"{name}.dropout", values)
        return values

    def _attention(self, tokens: Tensor, tap: Tap) -> Tensor:
        count = len(self.config.pathway_sizes)
        query, key, value = F.linear(tokens, self.weights["attention.qkv.weight"]).chunk(3, dim=1)
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
            tap(f"attention.{name}", tensor)
        return attended

    def _linear(self, layer: str, values: Tensor, tap: Tap, name: str | None = None) -> Tensor:
        out = F.linear(values, self.weights[f"{layer}.weight"], self.weights[f"{layer}.bias"])
        tap(name or layer, out)
        return out

    def _norm(self, layer: str, values: Tensor, tap: Tap) -> Tensor:
        weight, bias = self.weights[f"{layer}.weight"], self.weights[f"{layer}.bias"]
        out = F.layer_norm(values, (values.shape[1],), weight, bias)
        tap(layer, out)
        return out


def open_backbone(config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> SurvPath:
    """See concord_bridge.backbones.backbone.open_backbone."""
    return SurvPath(SurvPathConfig.of(config), weights)
