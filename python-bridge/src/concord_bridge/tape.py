"""The tape: every random draw of a training step as a named tensor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor


class TapeError(Exception):
    """A tape lacks a draw, or holds it in another shape than its reader needs."""


class Tape:
    """The draws of one step, and the discrete decisions that another stack took on them.

    Args:
        draws: by name; masks and real draws are read in `dtype`, permutations and indices as int64.
        decisions: by name; empty where this stack decides for itself.
        dtype: of the model that reads the tape.
        step: for messages.
    """

    def __init__(
        self,
        draws: Mapping[str, Tensor],
        decisions: Mapping[str, Tensor] | None = None,
        dtype: torch.dtype = torch.float64,
        step: int = 0,
    ) -> None:
        self.draws = draws
        self.decisions = decisions or {}
        self.dtype = dtype
        self.step = step

    def read(self, name: str, shape: Sequence[int] | None = None) -> Tensor:
        """A draw. Raises TapeError naming draw, step and what is on the tape."""
        if name not in self.draws:
            there = ", ".join(self.draws) or "nothing"
            raise TapeError(f"tape, step {self.step}: no draw named {name}; on the tape: {there}")
        draw = self.draws[name]
        if shape is not None and list(draw.shape) != list(shape):
            raise TapeError(
                f"tape, step {self.step}: draw {name} has shape {list(draw.shape)}, "
                f"its reader needs {list(shape)}"
            )
        return draw.long() if draw.dtype in (torch.int32, torch.int64) else draw.to(self.dtype)

    def under(self, prefix: str) -> Tape:
        """What of the tape lies under names that begin so, without that beginning."""

        def part(named: Mapping[str, Tensor]) -> dict[str, Tensor]:
            return {
                name.removeprefix(prefix): value for name, value in named.items() if name.startswith(prefix)
            }

        return Tape(part(self.draws), part(self.decisions), self.dtype, self.step)

    def decision(self, name: str) -> Tensor | None:
        """A decision that another stack recorded, or None."""
        found = self.decisions.get(name)
        return None if found is None else found.long()
