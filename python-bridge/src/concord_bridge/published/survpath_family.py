"""What the witnesses of the SurvPath repository's classes share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from concord_bridge.objective import Outcome
from concord_bridge.optimizer import adam_options
from concord_bridge.published.backbones.backbone import PublishedBackbone
from concord_bridge.published.checkout import load_module
from concord_bridge.published.losses import logit_loss
from concord_bridge.state_dict import Ragged


class SurvPathFamily(PublishedBackbone):
    """A class of the repository with the repository's own loss and optimiser.

    Args:
        root: the checkout.
        model, weights, ragged: see PublishedBackbone.
    """

    def __init__(
        self, root: Path, model: torch.nn.Module, weights: Mapping[str, Tensor] | None, ragged: Ragged
    ) -> None:
        super().__init__(model, weights, ragged)
        self._loss = logit_loss(load_module(root, "utils/loss_func.py"))
        self._radam = survpath_radam(root)

    def loss(self, logits: Tensor, outcomes: Sequence[Outcome], spec: Mapping[str, Any]) -> Tensor:
        """The class NLLSurvLoss, which sums."""
        return self._loss(logits, outcomes, spec)

    def optimizer(self, spec: Mapping[str, Any]) -> torch.optim.Optimizer:
        """The RAdam of custom_optims."""
        return self._radam(self.model, spec)


def survpath_radam(root: Path) -> Callable[[torch.nn.Module, Mapping[str, Any]], torch.optim.Optimizer]:
    """The repository's RAdam over a model's parameters."""
    own: Any = load_module(root, "custom_optims/radam.py").RAdam
    return lambda model, spec: own(model.parameters(), **adam_options(spec))
