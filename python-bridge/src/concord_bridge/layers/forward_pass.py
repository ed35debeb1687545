"""One forward pass of a model: its weights, draws and taps by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch.nn.functional as F
from torch import Tensor

from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.layers.alpha_dropout import alpha_dropout
from concord_bridge.tape import Tape


class ForwardPass:
    """Layers with weights of their own take it and the name under which their weights lie.

    Args:
        model: its name, for messages.
        weights: by the names that TypeScript uses too; torch layouts. Borrowed, not copied.
        tape: the step's draws; needed in training.
        mode: dropout acts in training only.
        tap: sees every intermediate, by name.
    """

    def __init__(
        self,
        model: str,
        weights: Mapping[str, Tensor],
        tape: Tape | None,
        mode: Mode = "evaluation",
        tap: Tap = ignore,
    ) -> None:
        self.model = model
        self.weights = weights
        self.tape = tape
        self.training = mode == "training"
        self.tap = tap

    def weight(self, name: str) -> Tensor:
        """A weight. Raises LookupError if there is none of that name."""
        if name not in self.weights:
            raise LookupError(f"{self.model}: no weight named {name}")
        return self.weights[name]

    def draw(self, name: str, shape: Sequence[int]) -> Tensor:
        """A draw of the step, of this shape. Raises ValueError without a tape."""
        if self.tape is None:
            raise ValueError(f"{self.model}: training needs a tape (draw {name})")
        return self.tape.read(name, shape)

    def see(self, name: str, values: Tensor) -> Tensor:
        """Show an intermediate to the tap, and pass it on."""
        self.tap(name, values)
        return values

    def linear(self, layer: str, values: Tensor, name: str | None = None) -> Tensor:
        """X Wᵀ + b, b where the layer has one; tapped under `name`, the layer's own unless given."""
        out = F.linear(values, self.weight(f"{layer}.weight"), self.weights.get(f"{layer}.bias"))
        return self.see(name or layer, out)

    def layer_norm(self, layer: str, values: Tensor, name: str | None = None) -> Tensor:
        """LayerNorm over the last axis, tapped likewise."""
        weight, bias = self.weight(f"{layer}.weight"), self.weight(f"{layer}.bias")
        return self.see(name or layer, F.layer_norm(values, (values.shape[-1],), weight, bias))

    def dropout(self, name: str, values: Tensor, p: float) -> Tensor:
        """Dropout with the mask `<name>` of the tape, tapped under it; in evaluation nothing."""
        if not self.training:
            return values
        return self.see(name, values * self.draw(name, values.shape) / (1 - p))

    def alpha_dropout(self, name: str, values: Tensor, p: float) -> Tensor:
        """Alpha dropout, likewise."""
        if not self.training:
            return values
        return self.see(name, alpha_dropout(values, self.draw(name, values.shape), p))
