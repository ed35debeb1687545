"""Reference numbers for unbalanced entropic transport, from the POT library in float64.

Run `python -m concord_bridge.reference_numbers.transport DIRECTORY`.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import ot
import torch
from torch import Tensor

from concord_bridge.reference_numbers.write import made_by, numbers, write

SEED = 20260104


def solve(cost: Tensor, reg: float, reg_m: float, kernel: str) -> tuple[Tensor, int]:
    """POT's plan between uniform marginals, and its number of iterations."""
    a, b = (torch.full((count,), 1 / count, dtype=torch.float64) for count in cost.shape)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "If reg_type = entropy")
        plan, log = ot.unbalanced.sinkhorn_knopp_unbalanced(a, b, cost, reg, reg_m, reg_type=kernel, log=True)
    return plan, len(log["err"])


def transport_case(rows: int, columns: int, reg: float, reg_m: float, kernel: str) -> dict[str, Any]:
    """A cost of squared distances over the largest, as MOTCat's."""
    ends = [torch.randn(count, 8, dtype=torch.float64) for count in (rows, columns)]
    cost = torch.cdist(*ends) ** 2
    cost = cost / cost.max()
    plan, iterations = solve(cost, reg, reg_m, kernel)
    return {
        "name": f"{rows} × {columns}, {kernel}, ε {reg}, τ {reg_m}",
        "options": {"reg": reg, "regM": reg_m, "kernel": kernel},
        "cost": numbers(cost),
        "plan": numbers(plan),
        "iterations": iterations,
    }


def main(directory: Path) -> None:
    """Write transport.json."""
    torch.manual_seed(SEED)
    cases = [
        transport_case(rows, columns, reg, reg_m, kernel)
        for kernel in ("entropy", "kl")
        for rows, columns, reg, reg_m in ((40, 6, 0.05, 0.5), (7, 3, 0.1, 0.5), (5, 8, 0.3, 5.0))
    ]
    maker = made_by("concord_bridge.reference_numbers.transport", SEED)
    write(directory / "transport.json", {**maker, "pot": ot.__version__, "cases": cases})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
