"""What every module passes on: two bags of tokens, and a look at its intermediates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from torch import Tensor


class Bags(NamedTuple):
    """Tokens of the same cases in two modalities, each [batch, tokens, width]."""

    strong: Tensor
    """Slide patches."""
    weak: Tensor
    """Gene pathways."""


Mode = Literal["training", "evaluation"]

Tap = Callable[[str, Tensor], None]
"""Sees a named intermediate of a forward pass."""


def ignore(name: str, tensor: Tensor) -> None:
    """The tap of a pass that nobody looks at."""
