"""The copy of MCAT in the SurvPath repository."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from concord_bridge.published.backbones.mcat import PublishedMcat
from concord_bridge.published.checkout import SURVPATH, find_checkout, load_module
from concord_bridge.published.losses import logit_loss
from concord_bridge.published.survpath_family import survpath_radam
from concord_bridge.state_dict import Ragged


class PublishedMcatPathways(PublishedMcat):
    """See PublishedMcat; loss and optimiser are those of the repository."""

    def __init__(
        self, folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
    ) -> None:
        root = find_checkout(folder, SURVPATH)
        model = load_module(root, "models/model_MCATPathways.py").MCATPathways(
            omic_sizes=list(config["pathwaySizes"]), n_classes=config["bins"]
        )
        loss = logit_loss(load_module(root, "utils/loss_func.py"))
        super().__init__(model, config, weights, ragged, loss)
        self._radam = survpath_radam(root)

    def optimizer(self, spec: Mapping[str, Any]) -> torch.optim.Optimizer:
        """The RAdam of custom_optims."""
        return self._radam(self.model, spec)


def open_published(
    folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
) -> PublishedMcatPathways:
    """See concord_bridge.published.backbones.backbone.open_published."""
    return PublishedMcatPathways(folder, config, weights, ragged)
