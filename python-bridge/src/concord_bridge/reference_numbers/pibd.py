"""Reference numbers for PIBD, from torch.nn and all pairs in float64.

Run `python -m concord_bridge.reference_numbers.pibd DIRECTORY`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from concord_bridge.reference_numbers.layers import case, single
from concord_bridge.reference_numbers.write import made_by, write

SEED = 20260103


def club(x: Tensor, y: Tensor, bound: bool, **net: Tensor) -> Tensor:
    """Bag by bag; the bound as a difference of squares over all pairs of cases, as it was published."""
    values = []
    for bag in range(x.shape[1]):
        hidden = F.relu(F.linear(x[:, bag], net["first"], net["firstBias"]))
        predicted = F.linear(hidden, net["second"], net["secondBias"])
        own = [F.mse_loss(p, t, reduction="sum") for p, t in zip(predicted, y[:, bag], strict=True)]
        all_pairs = [F.mse_loss(p, t, reduction="sum") for p in predicted for t in y[:, bag]]
        fit = torch.stack(own).mean()
        values.append((torch.stack(all_pairs).mean() - fit) / 2 if bound else fit)
    return torch.stack(values).mean()[None]


def main(directory: Path) -> None:
    """Write pibd.json."""
    torch.manual_seed(SEED)
    inputs = {
        **{"x": single(4, 2, 3), "y": single(4, 2, 3)},
        **{"first": single(6, 3), "firstBias": single(6), "second": single(3, 6), "secondBias": single(3)},
    }
    cases = [
        case(name, inputs, lambda name=name, **given: club(**given, bound=name == "bound"), set())
        for name in ("bound", "fit")
    ]
    write(directory / "pibd.json", {**made_by("concord_bridge.reference_numbers.pibd", SEED), "club": cases})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
