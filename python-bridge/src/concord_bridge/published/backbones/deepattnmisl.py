"""The published DeepAttnMISL class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.objective import Outcome
from concord_bridge.published.backbones.backbone import PublishedBackbone
from concord_bridge.published.checkout import DEEPATTNMISL, find_checkout, load_function, load_module
from concord_bridge.published.on_cpu import cuda_stays_here
from concord_bridge.state_dict import Ragged
from concord_bridge.tape import Tape


class PublishedDeepAttnMisl(PublishedBackbone):
    """See PublishedBackbone."""

    tapped: ClassVar = {
        "attention.0": "attention.hidden",
        "attention.1": "attention.tanh",
        "attention.2": "attention.scores",
        "fc6.0": "head.hidden",
        "fc6.1": "head.relu",
        "fc6.3": "logits",
    }

    def __init__(
        self, folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
    ) -> None:
        root = find_checkout(folder, DEEPATTNMISL)
        self.clusters: int = config["clusters"]
        super().__init__(
            load_module(root, DEEPATTNMISL.landmark).DeepAttnMIL_Surv(cluster_num=self.clusters),
            weights,
            ragged,
        )
        self._partial_log = load_function(root, "main.py", "_neg_partial_log", np=np, torch=torch)

    def call(self, case: Case) -> Output:
        """Each cluster as [1, width, 1, patches], an empty one as its loader fills it: a patch of zeros."""
        assert case.clusters is not None
        bags, mask = [], torch.ones(1, self.clusters)
        for cluster in range(self.clusters):
            rows = case.patches[case.clusters == cluster]
            if len(rows) == 0:
                rows, mask[0, cluster] = torch.zeros(1, case.patches.shape[1]), 0
            bags.append(rows.T[None, :, None])
        return Output(self.model(bags, mask))

    def draws(self, tape: Tape) -> list[Tensor]:
        """The head drops out."""
        return [tape.read("head.dropout")]

    def loss(self, logits: Tensor, outcomes: Sequence[Outcome], spec: Mapping[str, Any]) -> Tensor:
        """The function of main.py, which as a whole parses arguments and wants torchvision."""
        months = np.array([one.months for one in outcomes])
        events = np.array([1 - one.censored for one in outcomes], dtype=np.float32)
        with cuda_stays_here():
            return self._partial_log(logits, months, events)


def open_published(
    folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
) -> PublishedDeepAttnMisl:
    """See concord_bridge.published.backbones.backbone.open_published."""
    return PublishedDeepAttnMisl(folder, config, weights, ragged)
