"""The published SurvPath class."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.published.checkout import SURVPATH, find_checkout, load_module
from concord_bridge.published.survpath_family import SurvPathFamily
from concord_bridge.state_dict import Ragged
from concord_bridge.tape import Tape


class PublishedSurvPath(SurvPathFamily):
    """See SurvPathFamily."""

    tapped: ClassVar = {
        "wsi_projection_net.0": "patches.linear",
        "cross_attender.norm": "attention.norm",
        "cross_attender.attn": "attention.out",
        "feed_forward.norm": "feedForward.norm",
        "feed_forward.net.0": "feedForward.hidden",
        "feed_forward.net.3": "feedForward.out",
        "layer_norm": "norm",
        "to_logits.0": "head.hidden",
        "to_logits.2": "logits",
    }

    def __init__(
        self, folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
    ) -> None:
        root = find_checkout(folder, SURVPATH)
        self.sizes = list(config["pathwaySizes"])
        super().__init__(root, self.instance(folder, config), weights, ragged)

    def instance(self, folder: Path, config: Mapping[str, Any]) -> torch.nn.Module:
        """The class with these shapes, its weights as it draws them."""
        return load_module(find_checkout(folder, SURVPATH), SURVPATH.landmark).SurvPath(
            omic_sizes=self.sizes,
            wsi_embedding_dim=config["patchWidth"],
            num_classes=config["bins"],
            wsi_projection_dim=config["width"],
        )

    def call(self, case: Case) -> Output:
        """See PublishedBackbone."""
        inputs = {f"x_omic{i + 1}": part for i, part in enumerate(case.genes.split(self.sizes))}
        return Output(self.model(x_path=case.patches[None], return_attn=False, **inputs))

    def draws(self, tape: Tape) -> list[Tensor]:
        """The class drops out pathway by pathway, both layers of each; then in the feed-forward."""
        first, second = tape.read("pathways.0.dropout"), tape.read("pathways.1.dropout")
        pathways = [row for pair in zip(first, second, strict=True) for row in pair]
        return [*pathways, tape.read("feedForward.dropout")[None]]


def open_published(
    folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
) -> PublishedSurvPath:
    """See concord_bridge.published.backbones.backbone.open_published."""
    return PublishedSurvPath(folder, config, weights, ragged)
