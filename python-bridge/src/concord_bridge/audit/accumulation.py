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

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(()))
        self.outputs = outputs

    def forward(self, **_inputs: Tensor) -> Tensor | tuple[Tensor, ...]:
        """As many outputs as the published models return; the first is hazards or logits."""
        one = self.weight.reshape(1, 1)
        return one if self.outputs == 1 else (one,) * self.outputs


class FirstOutput:
    """A loss that is the model's first output."""

    def __call__(self, **outputs: Tensor) -> Tensor:
        """The hazards or the logits, summed."""
        return outputs["hazards" if "hazards" in outputs else "h"].sum()


class _Numpy:
    """NumPy, except that zeros holds objects."""

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    def zeros(self, size: int) -> Any:
        return np.zeros(size, dtype=object)


def gradient_of_an_epoch(
    file: Path, cases: int, accumulate: int, penalty: float = 0.0, outputs: int = 5
) -> tuple[float, list[float]]:
    """Run one epoch of the published `train_loop_survival`.

    NumPy 2.4 refuses to put an array of one number into a place for a number, which the loop does to log its
    risks; there, places for objects stand in. Concordance, of those logs alone, is not computed.

    Args:
        file: that defines the loop.
        cases: of the epoch.
        accumulate: cases to an optimiser step, `gc`.
        penalty: weight of an L1 penalty on the toy's weight.
        outputs: that the loop expects of its model.

    Returns:
        the gradient that is left when the epoch ends, and the gradient at each step.
    """
    model, seen = Toy(outputs), []

    def step() -> None:
        assert model.weight.grad is not None
        seen.append(float(model.weight.grad))

    loop: Callable[..., Any] = definition(
        file,
        "train_loop_survival",
        torch=torch,
        np=_Numpy(),
        NLLSurvLoss=FirstOutput,
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
            loss_fn=FirstOutput(),
            reg_fn=(lambda toy: toy.weight.abs()) if penalty else None,
            lambda_reg=penalty,
            gc=accumulate,
            **extra,
        )
    left = model.weight.grad
    return (0.0 if left is None else float(left)), seen
