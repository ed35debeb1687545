"""A published class as a witness under our names, and where its adapter is found."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.objective import Outcome
from concord_bridge.optimizer import torch_optimizer
from concord_bridge.published.feed import feeding
from concord_bridge.state_dict import Ragged, from_state_dict, to_state_dict
from concord_bridge.tape import Tape


class PublishedBackbone(ABC):
    """An instance of a published class with our weights, whose draws come from our tape; float32.

    Args:
        model: the instance.
        weights: by our names, which are those of the published state dict, packed; None keeps its own.
        ragged: how they are packed.
    """

    tapped: ClassVar[Mapping[str, str]] = {}
    """Submodule whose output is one of our intermediates: the name of that intermediate.

    Outputs of a submodule that is called several times stand below each other.
    """

    def __init__(self, model: torch.nn.Module, weights: Mapping[str, Tensor] | None, ragged: Ragged) -> None:
        self.model: Any = model
        self.ragged = ragged
        if weights is not None:
            model.load_state_dict(to_state_dict(weights, ragged))

    @abstractmethod
    def call(self, case: Case) -> Output:
        """What the class makes of one case, called as its own training loop calls it."""

    @abstractmethod
    def draws(self, tape: Tape) -> list[Tensor]:
        """What the class draws in one training forward, in its order."""

    @abstractmethod
    def loss(self, logits: Tensor, outcomes: Sequence[Outcome], spec: Mapping[str, Any]) -> Tensor:
        """The published survival loss of a batch."""

    def optimizer(self, spec: Mapping[str, Any]) -> torch.optim.Optimizer:
        """The published optimiser over the model's parameters: torch's, unless a class brings its own.

        Raises:
            ValueError: for an optimiser that torch does not have under that meaning.
        """
        return torch_optimizer(spec, list(self.model.parameters()))

    def forward(self, case: Case, tape: Tape | None, mode: Mode, tap: Tap = ignore) -> Output:
        """See concord_bridge.backbones.backbone.Backbone.forward; it takes no module."""
        self.model.train(mode == "training")
        seen: dict[str, list[Tensor]] = {}
        hooks = [] if tap is ignore else self._hook(seen)
        try:
            if tape is None:
                return self.call(case)
            with feeding(self.draws(tape)):
                return self.call(case)
        finally:
            for hook in hooks:
                hook.remove()
            for name, outputs in seen.items():
                tap(name, torch.cat(outputs))

    def weights(self, names: Sequence[str]) -> dict[str, Tensor]:
        """Weights under our names."""
        return from_state_dict(self.model.state_dict(), names, self.ragged)

    def gradients(self, names: Sequence[str]) -> dict[str, Tensor]:
        """Gradients under our names."""
        found = {name: value.grad for name, value in self.model.named_parameters() if value.grad is not None}
        return from_state_dict(found, names, self.ragged)

    def _hook(self, seen: dict[str, list[Tensor]]) -> list[Any]:
        modules = dict(self.model.named_modules())

        def keep(name: str) -> Any:
            def look(_module: torch.nn.Module, _inputs: object, output: Tensor) -> None:
                # Copied, since an activation in place may follow.
                rows = output.detach().reshape(-1, output.shape[-1]).clone()
                seen.setdefault(name, []).append(rows)

            return look

        return [modules[path].register_forward_hook(keep(name)) for path, name in self.tapped.items()]


def open_published(
    name: str,
    folder: Path,
    config: Mapping[str, Any],
    weights: Mapping[str, Tensor] | None,
    ragged: Ragged,
) -> PublishedBackbone:
    """The published class: `open_published(folder, config, weights, ragged)` of its adapter's module.

    Raises:
        PublishedError: for a checkout that is missing, at another commit, or cannot be imported.
    """
    module = importlib.import_module(f"concord_bridge.published.backbones.{name.replace('-', '_')}")
    return module.open_published(folder, config, weights, ragged)
