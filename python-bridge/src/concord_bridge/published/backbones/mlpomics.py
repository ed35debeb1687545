"""The published MLPOmics class, whose forward pass moves itself to CUDA."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.published.checkout import SURVPATH, find_checkout, load_module
from concord_bridge.published.on_cpu import cuda_stays_here
from concord_bridge.published.survpath_family import SurvPathFamily
from concord_bridge.state_dict import Ragged
from concord_bridge.tape import Tape


class PublishedMlpOmics(SurvPathFamily):
    """See PublishedBackbone."""

    tapped: ClassVar = {
        "net.0": "genes.0.linear",
        "net.1": "genes.0.relu",
        "net.3": "genes.1.linear",
        "net.4": "genes.1.relu",
        "to_logits.0": "logits",
    }

    def __init__(
        self, folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
    ) -> None:
        root = find_checkout(folder, SURVPATH)
        self.positions = list(config["genePositions"])
        model = load_module(root, "models/model_MLPOmics.py").MLPOmics(
            input_dim=len(self.positions),
            n_classes=config["bins"],
            projection_dim=2 * config["width"],
            dropout=0.25,
        )
        super().__init__(root, model, weights, ragged)

    def call(self, case: Case) -> Output:
        """The class squeezes the batch away; the published loop puts it back."""
        with cuda_stays_here():
            return Output(self.model(data_omics=case.genes[self.positions][None])[None])

    def draws(self, tape: Tape) -> list[Tensor]:
        """Both layers drop out, one after the other, without a batch."""
        return [tape.read(f"genes.{layer}.dropout")[0] for layer in range(2)]


def open_published(
    folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
) -> PublishedMlpOmics:
    """See concord_bridge.published.backbones.backbone.open_published."""
    return PublishedMlpOmics(folder, config, weights, ragged)
