"""The published class of SurvPath with Nyström attention."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from concord_bridge.published.backbones.survpath import PublishedSurvPath
from concord_bridge.published.checkout import NYSTROM, SURVPATH, find_checkout, load_module
from concord_bridge.state_dict import Ragged

FILE = "models/model_SurvPath_with_nystrom.py"


class PublishedSurvPathNystrom(PublishedSurvPath):
    """See PublishedSurvPath: the same inputs, draws, loss and optimiser."""

    tapped: ClassVar = {
        "wsi_projection_net.0": "patches.linear",
        "cross_attender": "attention.out",
        "cross_attender.to_qkv": "attention.qkv",
        "feed_forward.norm": "feedForward.norm",
        "feed_forward.net.0": "feedForward.hidden",
        "feed_forward.net.3": "feedForward.out",
        "layer_norm": "norm",
        "to_logits.0": "head.hidden",
        "to_logits.2": "logits",
    }

    def instance(self, folder: Path, config: Mapping[str, Any]) -> torch.nn.Module:
        """See PublishedSurvPath. The attention is the package's, from its own checkout."""
        beside = [find_checkout(folder, NYSTROM)]
        published = load_module(find_checkout(folder, SURVPATH), FILE, beside=beside)
        return published.SurvPath_with_nystrom(
            omic_sizes=self.sizes,
            wsi_embedding_dim=config["patchWidth"],
            num_classes=config["bins"],
            wsi_projection_dim=config["width"],
        )


def open_published(
    folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
) -> PublishedSurvPathNystrom:
    """See concord_bridge.published.backbones.backbone.open_published."""
    return PublishedSurvPathNystrom(folder, config, weights, ragged)
