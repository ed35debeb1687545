"""The published SNNOmics class."""

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


class PublishedSnnOmics(SurvPathFamily):
    """See PublishedBackbone."""

    tapped: ClassVar = {
        "fc_omic.0.0": "genes.0.linear",
        "fc_omic.0.1": "genes.0.elu",
        "fc_omic.1.0": "genes.1.linear",
        "fc_omic.1.1": "genes.1.elu",
        "classifier": "logits",
    }

    def __init__(
        self, folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
    ) -> None:
        root = find_checkout(folder, SURVPATH)
        self.positions = list(config["genePositions"])
        model = load_module(root, "models/model_SNNOmics.py").SNNOmics(
            omic_input_dim=len(self.positions), n_classes=config["bins"]
        )
        super().__init__(root, model, weights, ragged)

    def call(self, case: Case) -> Output:
        """See PublishedBackbone."""
        return Output(self.model(data_omics=case.genes[self.positions][None]))

    def draws(self, tape: Tape) -> list[Tensor]:
        """Both blocks drop out, one after the other."""
        return [tape.read("genes.0.dropout"), tape.read("genes.1.dropout")]


def open_published(
    folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
) -> PublishedSnnOmics:
    """See concord_bridge.published.backbones.backbone.open_published."""
    return PublishedSnnOmics(folder, config, weights, ragged)
