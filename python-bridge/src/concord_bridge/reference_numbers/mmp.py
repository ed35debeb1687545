"""Reference numbers for MMP, from torch.distributions and loops in float64.

Run `python -m concord_bridge.reference_numbers.mmp DIRECTORY`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.distributions import Independent, Normal

from concord_bridge.reference_numbers.layers import case, single
from concord_bridge.reference_numbers.write import made_by, numbers, write

SEED = 20260102
TAU = 0.5
PATHWAYS = 3


def panther_case() -> dict[str, Any]:
    """One step of expectation and maximisation, prototype by prototype."""
    patches, mean = single(7, 3), single(2, 3)
    variance = (torch.rand(2, 3) + 0.5).float().double()
    density = Independent(Normal(mean, variance.sqrt()), 1).log_prob(patches[:, None])
    posterior = density.softmax(1)
    tokens = []
    for k in range(2):
        weight = posterior[:, k, None]
        count = weight.sum() + TAU
        centre = ((weight * patches).sum(0) + TAU * mean[k]) / count
        square = ((weight * patches**2).sum(0) + TAU * (variance[k] + mean[k] ** 2)) / count
        share = count / (len(patches) + 2 * TAU)
        tokens.append(torch.cat([share[None], centre, square - centre**2]))
    inputs = {"patches": patches, "mean": mean, "variance": variance}
    return {
        "tau": TAU,
        "inputs": {name: numbers(value) for name, value in inputs.items()},
        "posterior": numbers(posterior),
        "tokens": numbers(torch.stack(tokens)),
    }


def attention(qkv: Tensor, double: bool) -> Tensor:
    """Case by case and row by row."""
    cases = []
    for one in qkv:
        query, key, value = one.chunk(3, dim=1)
        rows = []
        for i, asks in enumerate(query):
            scores = key @ asks / len(asks) ** 0.5
            if double and i >= PATHWAYS:
                scores = torch.cat([scores[:PATHWAYS].softmax(0), scores[PATHWAYS:]])
            rows.append(scores.softmax(0) @ value)
        cases.append(torch.stack(rows))
    return torch.stack(cases)


def main(directory: Path) -> None:
    """Write mmp.json."""
    torch.manual_seed(SEED)
    attentions = [
        case(
            softmax,
            {"qkv": single(2, 5, 12)},
            lambda qkv, softmax=softmax: attention(qkv, softmax == "double"),
            set(),
        )
        for softmax in ("double", "single")
    ]
    content = {"panther": panther_case(), "attention": attentions}
    write(directory / "mmp.json", {**made_by("concord_bridge.reference_numbers.mmp", SEED), **content})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
