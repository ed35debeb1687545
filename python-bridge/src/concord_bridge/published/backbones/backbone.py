"""What a published class has to offer to be a witness, and where its adapter is found."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from concord_bridge.backbones.backbone import Output
from concord_bridge.bags import Mode, Tap
from concord_bridge.tape import Tape


class PublishedBackbone(Protocol):
    """An instance of a published class with our weights, whose draws come from our tape; float32."""

    model: torch.nn.Module

    def forward(self, genes: Tensor, patches: Tensor, tape: Tape | None, mode: Mode, tap: Tap) -> Output:
        """See concord_bridge.backbones.backbone.Backbone.forward; it takes no module."""
        ...

    def loss(self, logits: Tensor, bins: Tensor, censored: Tensor, alpha: float, eps: float) -> Tensor:
        """The published likelihood of cases [cases, bins], summed."""
        ...

    def optimizer(self, options: Mapping[str, Any]) -> torch.optim.Optimizer:
        """The published optimiser over the model's parameters."""
        ...

    def weights(self) -> dict[str, Tensor]:
        """Weights under our names."""
        ...

    def gradients(self) -> dict[str, Tensor]:
        """Gradients under our names."""
        ...


def open_published(
    name: str, folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor]
) -> PublishedBackbone:
    """The published class: `open_published(folder, config, weights)` of its adapter's module.

    Raises:
        PublishedError: for a checkout that is missing, at another commit, or cannot be imported.
    """
    module = importlib.import_module(f"concord_bridge.published.backbones.{name.replace('-', '_')}")
    return module.open_published(folder, config, weights)
