"""Published classes that move their tensors to CUDA whether there is one or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import torch


@contextmanager
def cuda_stays_here() -> Iterator[None]:
    """While it lasts, `.cuda()` gives back what it was called on; nothing else changes."""

    def same(self: object, *_args: object, **_options: object) -> object:
        return self

    with patch.object(torch.Tensor, "cuda", same), patch.object(torch.nn.Module, "cuda", same):
        yield


@contextmanager
def cuda_floats_are_here() -> Iterator[None]:
    """While it lasts, `torch.cuda.FloatTensor` makes a tensor of the CPU."""
    with patch.object(torch.cuda, "FloatTensor", torch.FloatTensor):
        yield
