"""Our tape in place of a published class's random draws, its arithmetic untouched."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

aten = torch.ops.aten

DRAWS: dict[Any, Callable[[Tensor, tuple[Any, ...]], Tensor]] = {
    # AlphaDropout and Dropout fill an empty tensor with ones and zeros on the CPU.
    aten.bernoulli_.float: lambda draw, args: args[0].copy_(draw),
    aten.rand.default: lambda draw, args: draw,
    # Noise of mean 0 and deviation 1.
    aten.normal.Tensor_Tensor: lambda draw, args: draw,
    aten.randperm.default: lambda draw, args: draw,
    # Beta(a, b) is drawn as a Dirichlet of two.
    aten._sample_dirichlet.default: lambda draw, args: torch.stack([draw, 1 - draw], dim=-1),
}
"""How a draw of the tape stands in for what each random operation would return."""


class _Feeder(TorchDispatchMode):
    def __init__(self, draws: deque[Tensor]) -> None:
        super().__init__()
        self.draws = draws

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in DRAWS:
            if not self.draws:
                raise RuntimeError(f"the published class draws more often than the tape ({func})")
            return DRAWS[func](self.draws.popleft(), args)
        return func(*args, **(kwargs or {}))


@contextmanager
def feeding(draws: Iterable[Tensor], gate: float | None = None) -> Iterator[None]:
    """Give what runs inside these draws, in this order; `gate` is what `random.random()` returns.

    Raises:
        RuntimeError: if draws are left over, or too few, when it ends normally.
    """
    queue = deque(draws)
    with _Feeder(queue):
        if gate is None:
            yield
        else:
            with patch.object(random, "random", lambda: gate):
                yield
    if queue:
        raise RuntimeError(f"the published class left {len(queue)} draws of the tape unused")
