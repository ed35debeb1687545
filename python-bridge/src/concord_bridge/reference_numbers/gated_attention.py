"""Reference numbers for gated attention pooling, from torch.nn modules in float64.

Run `python -m concord_bridge.reference_numbers.gated_attention DIRECTORY`; inputs are rounded to float32
first, so that TypeScript starts from the same numbers.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from concord_bridge.reference_numbers.write import made_by, numbers, write

SEED = 20260102


def rounded(module: nn.Module) -> nn.Module:
    """The module with weights that float32 holds exactly, as float64."""
    return module.float().double()


def pooling_case(name: str, rows: int, width: int, hidden: int, heads: int, dropout: float) -> dict[str, Any]:
    """Scores and pooled rows of one bag, and gradients for a random upstream gradient at the pooled rows."""
    tanh, gate, last = (
        rounded(nn.Linear(*size)) for size in ((width, hidden), (width, hidden), (hidden, heads))
    )
    bag = torch.randn(rows, width).float().double().requires_grad_()
    draws = torch.rand(2, rows, hidden) >= dropout
    keep = dict(zip(("tanh", "gate"), draws.double(), strict=True)) if dropout > 0 else {}

    def dropped(branch: str, values: Tensor) -> Tensor:
        return values * keep[branch] / (1 - dropout) if keep else values

    scores = last(dropped("tanh", torch.tanh(tanh(bag))) * dropped("gate", torch.sigmoid(gate(bag))))
    pooled = torch.softmax(scores, dim=0).T @ bag
    upstream = torch.randn(heads, width).float().double()
    pooled.backward(upstream)
    parts = {"attention_a.0": tanh, "attention_b.0": gate, "attention_c": last}
    # Softmax does not see this bias; what autograd leaves there is rounding around 0.
    last.bias.grad = torch.zeros(heads, dtype=torch.float64)
    weights = {
        f"net.{part}.{name}": value
        for part, module in parts.items()
        for name, value in module.named_parameters()
    }
    return {
        "name": name,
        "dropout": dropout,
        "rows": numbers(bag),
        "weights": {key: numbers(value) for key, value in weights.items()},
        "keep": {branch: numbers(mask) for branch, mask in keep.items()},
        "upstream": numbers(upstream),
        "outputs": {"scores": numbers(scores), "pooled": numbers(pooled)},
        "gradients": {
            key: numbers(leaf.grad) for key, leaf in {"rows": bag, **weights}.items() if leaf.grad is not None
        },
    }


def main(directory: Path) -> None:
    """Write gatedAttention.json."""
    torch.manual_seed(SEED)
    cases = [
        pooling_case("without dropout", 5, 4, 3, 1, dropout=0.0),
        pooling_case("with dropout, two heads", 6, 5, 4, 2, dropout=0.25),
        pooling_case("a bag large enough for sums in blocks", 131, 3, 2, 1, dropout=0.25),
    ]
    maker = made_by("concord_bridge.reference_numbers.gated_attention", SEED)
    write(directory / "gatedAttention.json", {**maker, "cases": cases})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
