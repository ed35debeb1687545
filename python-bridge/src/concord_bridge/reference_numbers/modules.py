"""Reference numbers for packages/modules: every variant in float64, with its gradients.

Run `python -m concord_bridge.reference_numbers.modules DIRECTORY`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from concord_bridge.bags import Bags, ignore
from concord_bridge.modules.variants import MODULE_VARIANTS
from concord_bridge.reference_numbers.layers import single
from concord_bridge.reference_numbers.write import made_by, numbers, write
from concord_bridge.tape import Tape

SEED = 20260102
WIDTH = 12
GATES = ("released.gate", "cade.gate", "mixstyle.gate", "dsu.gate")


def draws(strong: int, weak: int, gate: float) -> dict[str, Tensor]:
    """Every draw that any variant reads, each float32 or int32 as on a real tape."""

    def beta(count: int) -> Tensor:
        return torch.distributions.Beta(0.5, 0.5).sample((count,)).float()

    tape: dict[str, Tensor] = {name: torch.tensor([gate], dtype=torch.float32) for name in GATES}
    for side, count in (("strong", strong), ("weak", weak)):
        tape[f"released.mask.{side}"] = torch.rand(count)
        tape[f"released.shuffle.{side}"] = torch.randperm(count).int()
        tape[f"released.blend.{side}"] = beta(count)
        tape[f"released.partner.{side}"] = torch.randperm(count).int()
        tape[f"cade.position.{side}"] = beta(count)
        tape[f"mixstyle.partner.{side}"] = torch.randperm(count).int()
        tape[f"mixstyle.blend.{side}"] = beta(count)
        tape[f"dsu.mean.{side}"] = torch.randn(count)
        tape[f"dsu.deviation.{side}"] = 0.1 * torch.randn(count)
    tape["sdir.mask"] = torch.rand(strong)
    tape["sdir.fallback"] = torch.tensor([strong - 1], dtype=torch.int32)
    return tape


class ReadTape(Tape):
    """A tape that remembers what was read from it."""

    def __init__(self, drawn: dict[str, Tensor]) -> None:
        super().__init__(drawn)
        self.seen: set[str] = set()

    def read(self, name: str, shape: Sequence[int] | None = None) -> Tensor:
        """See Tape."""
        self.seen.add(name)
        return super().read(name, shape)


def case(variant: str, mode: str, batch: int, strong: int, weak: int, gate: float) -> dict[str, Any]:
    """One variant on one pair of bags: both outputs, and both gradients for random upstream gradients."""
    bags = Bags(strong=single(batch, strong, WIDTH) + 0.3, weak=2 * single(batch, weak, WIDTH))
    leaves = Bags(*(bag.float().double().clone().requires_grad_(True) for bag in bags))
    tape = ReadTape(draws(strong, weak, gate))
    out = MODULE_VARIANTS[variant](leaves, tape, mode, ignore)
    upstream = Bags(single(*out.strong.shape), single(*out.weak.shape))
    torch.autograd.backward(list(out), list(upstream))
    return {
        "name": f"{variant}, {mode}, gate {'open' if gate == 0 else 'closed'}, [{batch}, {strong} | {weak}]",
        "variant": variant,
        "mode": mode,
        "draws": {
            name: {**numbers(value), "integer": value.dtype == torch.int32}
            for name, value in tape.draws.items()
            if name in tape.seen or name == "sdir.fallback"
        },
        "bags": {side: numbers(getattr(leaves, side)) for side in ("strong", "weak")},
        "upstream": {side: numbers(getattr(upstream, side)) for side in ("strong", "weak")},
        "output": {side: numbers(getattr(out, side)) for side in ("strong", "weak")},
        "gradients": {side: numbers(getattr(leaves, side).grad) for side in ("strong", "weak")},
    }


def cases() -> list[dict[str, Any]]:
    """Every variant with its gate open, closed, and in evaluation; batches of two where allowed."""
    made = []
    for variant in MODULE_VARIANTS:
        strong, weak = (6, 6) if variant == "released" else (7, 5)
        for mode, gate in (("training", 0.0), ("training", 0.99), ("evaluation", 0.0)):
            made.append(case(variant, mode, 1, strong, weak, gate))
        if variant not in ("sdir-adaptive", "extended"):
            made.append(case(variant, "training", 2, strong, weak, 0.0))
    made.append(case("released", "training", 1, 6, 1, 0.0))
    made.append(case("repaired", "training", 1, 3, 8, 0.0))
    return made


def main(directory: Path) -> None:
    """Write modules.json."""
    torch.manual_seed(SEED)
    maker = made_by("concord_bridge.reference_numbers.modules", SEED)
    write(directory / "modules.json", {**maker, "cases": cases()})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
