"""The published MOTCat class."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.published.backbones.mcat import UNUSED, PublishedMcat
from concord_bridge.published.checkout import MOTCAT, find_checkout, load_module
from concord_bridge.published.losses import Loss, hazard_loss
from concord_bridge.published.on_cpu import cuda_stays_here
from concord_bridge.state_dict import Ragged


class PublishedMotcat(PublishedMcat):
    """See PublishedMcat. Run with `.cuda()` as the identity and the configured kernel as POT's default."""

    def __init__(
        self,
        model: Any,
        config: Mapping[str, Any],
        weights: Mapping[str, Tensor] | None,
        ragged: Ragged,
        loss: Loss,
    ) -> None:
        super().__init__(model, config, weights, ragged, loss)
        self.kernel: str = config["transport"]["kernel"]

    def call(self, case: Case) -> Output:
        """See PublishedMcat."""
        with cuda_stays_here(), drawn_to(self.kernel):
            return super().call(case)


@contextmanager
def drawn_to(kernel: str) -> Iterator[None]:
    """While it lasts, this kernel is the default of POT's unbalanced Sinkhorn."""
    import ot

    solve = partial(ot.unbalanced.sinkhorn_knopp_unbalanced, reg_type=kernel)
    with patch.object(ot.unbalanced, "sinkhorn_knopp_unbalanced", solve), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "If reg_type = entropy")
        yield


def open_published(
    folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
) -> PublishedMotcat:
    """See concord_bridge.published.backbones.backbone.open_published."""
    root = find_checkout(folder, MOTCAT)
    transport = config["transport"]
    # The class prints; the worker's output is not its place.
    with contextlib.redirect_stdout(io.StringIO()):
        model = load_module(root, MOTCAT.landmark).MOTCAT_Surv(
            omic_sizes=list(config["pathwaySizes"]),
            n_classes=config["bins"],
            ot_reg=transport["reg"],
            ot_tau=transport["regM"],
        )
    loss = hazard_loss(load_module(root, "utils/utils.py", unused=UNUSED))
    return PublishedMotcat(model, config, weights, ragged, loss)
