"""The published training loops of the MCAT lineage on a toy, to see what reaches which optimiser step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from concord_bridge.audit.source import definition


class Toy(torch.nn.Module):
    """One weight; the loss of a case is the weight, so each case adds 1 to its gradient."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(()))

    def forward(self, **_inputs: Tensor) -> tuple[Tensor, ...]:
        """hazards, survival, prediction and two more, as the published models return them."""
        one = self.weight.reshape(1, 1)
        return one, one, torch.zeros(1, 1), one, one


def gradient_of_an_epoch(
    file: Path, cases: int, accumulate: int, penalty: float = 0.0
) -> tuple[float, list[float]]:
    """Run one epoch of the published `train_loop_survival`.

    NumPy 2.4 refuses to put an array of one number into a place for a number, which the loop does to log its
    risks; there, places for objects stand in. Concordance, of those logs alone, is not computed.

    Args:
        file: that defines the loop.
        cases: of the epoch.
        accumulate: cases to an optimiser step, `gc`.
        penalty: weight of an L1 penalty on the toy's weight.

    Returns:
        the gradient that is left when the epoch ends, and the gradient at each step.
    """
    model, seen = Toy(), []

    def step() -> None:
        assert model.weight.grad is not None
        seen.append(float(model.weight.grad))

    loop: Callable[..., Any] = definition(
        file,
        "train_loop_survival",
        torch=torch,
        np=SimpleNamespace(zeros=lambda size: np.zeros(size, dtype=object)),
        concordance_index_censored=lambda *_args, **_options: (0.5,),
    )
    optimizer = SimpleNamespace(step=step, zero_grad=lambda: setattr(model.weight, "grad", None))
    case = (torch.zeros(1, 1), torch.zeros(1, 1), torch.zeros(1), torch.ones(1), torch.zeros(1))
    extra = {"args": SimpleNamespace()} if "args" in loop.__code__.co_varnames else {}
    with redirect_stdout(StringIO()):
        loop(
            0,
            model,
            [case] * cases,
            optimizer,
            4,
            loss_fn=lambda **outputs: outputs["hazards"].sum(),
            reg_fn=(lambda toy: toy.weight.abs()) if penalty else None,
            lambda_reg=penalty,
            gc=accumulate,
            **extra,
        )
    left = model.weight.grad
    return (0.0 if left is None else float(left)), seen
