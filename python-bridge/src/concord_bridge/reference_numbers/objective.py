"""Reference numbers for accumulated gradients and the L1 penalty, from torch's backward in float64.

Run `python -m concord_bridge.reference_numbers.objective DIRECTORY`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from concord_bridge.reference_numbers.fusion_layers import single
from concord_bridge.reference_numbers.write import made_by, numbers, write

SEED = 20260106
GENES, BINS = 3, 4
LABELS = [(0, 0), (2, 1), (3, 0), (1, 0), (0, 1), (2, 0)]
"""Bin and censoring of each case."""


def likelihood(logits: Tensor, label: tuple[int, int]) -> Tensor:
    """-log of the chance of what was seen: surviving all bins before, and the event, or this bin as well."""
    bin, censored = label
    hazards = torch.sigmoid(logits)
    survived = torch.log(1 - hazards[: bin + censored]).sum()
    return -survived if censored else -survived - torch.log(hazards[bin])


def objective_case(batch: int, accumulate: int, penalty: float) -> dict[str, Any]:
    """A linear model's gradients, added up by torch over the losses of one step."""
    layer = nn.Linear(GENES, BINS, dtype=torch.float64)
    layer.weight.data, layer.bias.data = single(BINS, GENES), single(BINS)
    layer.weight.data[0, 0] = 0
    genes = single(len(LABELS), GENES)
    losses = []
    for first in range(0, batch * accumulate, batch):
        cases = [number % len(LABELS) for number in range(first, first + batch)]
        terms = [likelihood(layer(genes[case]), LABELS[case]) for case in cases]
        loss = torch.stack(terms).mean() / accumulate + penalty * layer.weight.abs().sum()
        loss.backward()
        losses.append(loss.detach())
    return {
        "name": f"batch {batch}, accumulate {accumulate}, penalty {penalty}",
        "protocol": {"batch": batch, "accumulate": accumulate, "penalty": penalty},
        "genes": numbers(genes),
        "labels": [{"bin": bin, "censored": censored} for bin, censored in LABELS],
        "weights": {f"head.{key}": numbers(value) for key, value in layer.named_parameters()},
        "losses": numbers(torch.stack(losses)),
        "gradients": {
            f"head.{key}": numbers(value.grad)
            for key, value in layer.named_parameters()
            if value.grad is not None
        },
    }


def main(directory: Path) -> None:
    """Write objective.json."""
    torch.manual_seed(SEED)
    cases = [objective_case(1, 1, 0.0), objective_case(1, 3, 0.125), objective_case(2, 4, 0.25)]
    maker = made_by("concord_bridge.reference_numbers.objective", SEED)
    write(directory / "objective.json", {**maker, "cases": cases})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
