"""Reference numbers for the layers of packages/nn that take several cases, from torch.nn in float64.

Run `python -m concord_bridge.reference_numbers.batched_layers DIRECTORY`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from concord_bridge.reference_numbers.layers import case, pathway_input, single
from concord_bridge.reference_numbers.write import made_by, write

SEED = 20260104
SIZES = [3, 1, 4]


def pathway_input_of_cases(weight: Tensor, bias: Tensor, genes: Tensor) -> Tensor:
    """Case by case, one torch Linear for each pathway: [pathways, cases, width]."""
    return torch.stack([pathway_input(weight, bias, of_case, SIZES) for of_case in genes], dim=1)


def main(directory: Path) -> None:
    """Write batchedLayers.json."""
    torch.manual_seed(SEED)
    rows = single(5, 4)
    rows[2] *= 1e-3
    cases = [
        case(
            "batchedPathwayInputLayer",
            {"weight": single(sum(SIZES), 4), "bias": single(3, 4), "genes": single(2, sum(SIZES))},
            pathway_input_of_cases,
            {"genes"},
        ),
        case("unitRows", {"input": rows.float().double()}, lambda input: F.normalize(input, dim=1), set()),
    ]
    maker = made_by("concord_bridge.reference_numbers.batched_layers", SEED)
    write(directory / "batchedLayers.json", {**maker, "sizes": SIZES, "cases": cases})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
