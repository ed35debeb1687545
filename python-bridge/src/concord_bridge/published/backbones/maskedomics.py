"""The published MaskedOmics class."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd
import torch
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.layers.masked_pathways import gene_mask
from concord_bridge.published.checkout import SURVPATH, find_checkout, load_module
from concord_bridge.published.survpath_family import SurvPathFamily
from concord_bridge.state_dict import Ragged
from concord_bridge.tape import Tape


class PublishedMaskedOmics(SurvPathFamily):
    """See PublishedBackbone."""

    tapped: ClassVar = {"to_logits.0": "head.hidden", "to_logits.1": "head.relu", "to_logits.3": "logits"}

    def __init__(
        self, folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
    ) -> None:
        root = find_checkout(folder, SURVPATH)
        pathways, self.genes = config["pathways"], config["genes"]
        self.packed = list(itertools.chain.from_iterable(pathways))
        first, second = config["units"]
        published = load_module(root, "models/model_MaskedOmics.py", unused=["x_transformers"]).MaskedOmics
        composition = gene_mask(pathways, self.genes, 1, torch.zeros(()))
        model = published(
            df_comp=pd.DataFrame(composition.numpy()),
            input_dim=self.genes,
            dim_per_path_1=first,
            dim_per_path_2=second,
            dropout=0.25,
            num_classes=config["bins"],
        )
        super().__init__(root, model, weights, ragged)

    def call(self, case: Case) -> Output:
        """See PublishedBackbone."""
        genes = torch.zeros(1, self.genes)
        genes[0, self.packed] = case.genes
        return Output(self.model(data_omics=genes))

    def draws(self, tape: Tape) -> list[Tensor]:
        """The head drops out."""
        return [tape.read("head.dropout")]


def open_published(
    folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
) -> PublishedMaskedOmics:
    """See concord_bridge.published.backbones.backbone.open_published."""
    return PublishedMaskedOmics(folder, config, weights, ragged)
