"""The published DeepMISL class, over slides alone."""

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


class PublishedDeepMisl(SurvPathFamily):
    """See PublishedBackbone."""

    tapped: ClassVar = {
        "phi.0": "patches.linear",
        "phi.1": "patches.relu",
        "rho.0": "rho.linear",
        "rho.1": "rho.relu",
        "classifier": "logits",
    }

    def __init__(
        self, folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
    ) -> None:
        root = find_checkout(folder, SURVPATH)
        # Without fusion the class reads nothing of the table of pathways but how many there are.
        model = load_module(root, "models/model_DeepMISL.py").DeepMISL(
            n_classes=config["bins"], df_comp=pd.DataFrame()
        )
        super().__init__(root, model, weights, ragged)

    def call(self, case: Case) -> Output:
        """See PublishedBackbone."""
        return Output(self.model(data_WSI=case.patches[None]))

    def draws(self, tape: Tape) -> list[Tensor]:
        """Embedded patches; the case vector, without a batch."""
        return [tape.read("patches.dropout"), tape.read("rho.dropout")[0]]


def open_published(
    folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
) -> PublishedDeepMisl:
    """See concord_bridge.published.backbones.backbone.open_published."""
    return PublishedDeepMisl(folder, config, weights, ragged)
