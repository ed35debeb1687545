"""The interface of a plug-in between two bags of tokens and their fusion."""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

from torch import Tensor

from concord_bridge.bags import Bags, Mode, Tap
from concord_bridge.tape import Tape


class BagModule(Protocol):
    """Maps two bags to two bags; draws come from the tape, and evaluation does not touch it."""

    name: str

    def __call__(self, bags: Bags, tape: Tape | None, mode: Mode, tap: Tap) -> Bags:
        """Apply to bags of [batch, tokens, width]; the batch shares its draws."""
        ...


Side = Literal["weak", "strong"]
"""Which of the two bags."""


@runtime_checkable
class SingleBag(Protocol):
    """A module of which a part works on one bag alone: what backbones of a single modality take."""

    def single(self, side: Side, tokens: Tensor, tape: Tape | None, mode: Mode, tap: Tap) -> Tensor:
        """Apply to the bag [batch, tokens, width] of one side."""
        ...


def demand(tape: Tape | None, module: str) -> Tape:
    """The tape, or a ValueError naming the module that cannot train without one."""
    if tape is None:
        raise ValueError(f"{module}: training needs a tape")
    return tape
