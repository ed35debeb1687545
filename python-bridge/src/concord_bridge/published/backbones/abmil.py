"""The published ABMIL class, over slides alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.published.checkout import SURVPATH, find_checkout, load_module
from concord_bridge.published.survpath_family import SurvPathFamily
from concord_bridge.state_dict import Ragged
from concord_bridge.tape import Tape


class PublishedAbmil(SurvPathFamily):
    """See PublishedBackbone."""

    tapped: ClassVar = {
        "attention_net.0": "patches.linear",
        "attention_net.1": "patches.relu",
        "attention_net.3.attention_a.1": "attention.tanh",
        "attention_net.3.attention_b.1": "attention.gate",
        "attention_net.3.attention_c": "attention.scores",
        "rho.0": "rho.linear",
        "rho.1": "rho.relu",
        "classifier": "logits",
    }

    def __init__(
        self, folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
    ) -> None:
        root = find_checkout(folder, SURVPATH)
        # Without fusion the class reads nothing of the table of pathways but how many there are.
        model = load_module(root, "models/model_ABMIL.py").ABMIL(
            n_classes=config["bins"], df_comp=pd.DataFrame()
        )
        super().__init__(root, model, weights, ragged)

    def call(self, case: Case) -> Output:
        """See PublishedBackbone."""
        return Output(self.model(data_WSI=case.patches[None]))

    def draws(self, tape: Tape) -> list[Tensor]:
        """Embedded patches, both branches of the attention, the case vector."""
        names = ("patches", "attention.tanh", "attention.gate", "rho")
        return [tape.read(f"{name}.dropout") for name in names]


def open_published(
    folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
) -> PublishedAbmil:
    """See concord_bridge.published.backbones.backbone.open_published."""
    return PublishedAbmil(folder, config, weights, ragged)
