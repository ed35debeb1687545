"""The published MLPWSI class."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.published.checkout import SURVPATH, find_checkout, load_module
from concord_bridge.published.survpath_family import SurvPathFamily
from concord_bridge.state_dict import Ragged
from concord_bridge.tape import Tape


class PublishedMlpWsi(SurvPathFamily):
    """See PublishedBackbone."""

    tapped: ClassVar = {
        "wsi_projection_net.0": "patches.linear",
        "wsi_projection_net.1": "patches.relu",
        "omic_projection_net.0": "genes.linear",
        "omic_projection_net.1": "genes.relu",
        "cross_attender.norm": "attention.norm",
        "cross_attender.attn.to_qkv": "attention.qkv",
        "cross_attender.attn": "attention.out",
        "feed_forward.norm": "feedForward.norm",
        "feed_forward.net.0": "feedForward.hidden",
        "feed_forward.net.1": "feedForward.gelu",
        "feed_forward.net.3": "feedForward.out",
        "layer_norm": "norm",
        "to_logits.0": "head.hidden",
        "to_logits.1": "head.relu",
        "to_logits.2": "logits",
    }

    def __init__(
        self, folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
    ) -> None:
        root = find_checkout(folder, SURVPATH)
        self.positions = list(config["genePositions"])
        published = load_module(root, "models/model_MLPWSI.py", unused=["x_transformers"]).MLPWSI
        model = published(
            wsi_embedding_dim=config["patchWidth"],
            input_dim_omics=len(self.positions),
            dropout=0.25,
            num_classes=config["bins"],
            wsi_projection_dim=config["width"],
        )
        super().__init__(root, model, weights, ragged)

    def call(self, case: Case) -> Output:
        """See PublishedBackbone."""
        genes = case.genes[self.positions][None]
        return Output(self.model(data_omics=genes, data_WSI=case.patches[None], mask=None))

    def draws(self, tape: Tape) -> list[Tensor]:
        """The gene token, then the feed-forward of all tokens."""
        return [tape.read("genes.dropout"), tape.read("feedForward.dropout")[None]]


def open_published(
    folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
) -> PublishedMlpWsi:
    """See concord_bridge.published.backbones.backbone.open_published."""
    return PublishedMlpWsi(folder, config, weights, ragged)
