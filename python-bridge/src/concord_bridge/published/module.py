"""The published MCCSDG class as a plug-in, and where it fails."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from concord_bridge.bags import Bags, Mode, Tap
from concord_bridge.modules.module import Side, demand
from concord_bridge.published.checkout import MCCSDG, find_checkout, load_module
from concord_bridge.published.feed import feeding
from concord_bridge.tape import Tape


def mccsdg_class(folder: Path) -> Any:
    """The class `MCCSDG` of a checkout."""
    return load_module(find_checkout(folder, MCCSDG), MCCSDG.landmark).MCCSDG


class PublishedMccsdg:
    """The published class itself, called on bags of three axes, its draws fed from the tape."""

    name = "released"

    def __init__(self, folder: Path) -> None:
        self.module = mccsdg_class(folder)()

    def __call__(self, bags: Bags, tape: Tape | None, mode: Mode, tap: Tap) -> Bags:
        """Bag 1 of the published class is the weak one."""
        self.module.train(mode == "training")
        if mode == "evaluation":
            weak, strong = self.module(bags.weak, bags.strong)
            return Bags(strong=strong, weak=weak)
        tape = demand(tape, self.name)
        gate = tape.read("released.gate")[0].item()
        names = ["mask.weak", "shuffle.weak", "mask.strong", "shuffle.strong"]
        if gate <= self.module.p_aug:
            names += ["blend.weak", "blend.strong", "partner.weak", "partner.strong"]
        with feeding([tape.read(f"released.{name}") for name in names], gate):
            weak, strong = self.module(bags.weak, bags.strong)
        return Bags(strong=strong, weak=weak)

    def single(self, side: Side, tokens: Tensor, tape: Tape | None, mode: Mode, tap: Tap) -> Tensor:
        """Its masking part, `feature_masking`, on one bag."""
        self.module.train(mode == "training")
        if mode == "evaluation":
            return self.module.feature_masking(tokens)
        tape = demand(tape, self.name)
        with feeding([tape.read(f"released.{name}.{side}") for name in ("mask", "shuffle")]):
            return self.module.feature_masking(tokens)


def failures(folder: Path, weak: int, strong: int) -> list[dict[str, Any]]:
    """Run the published class where its documentation says it runs, and say how it fails.

    Args:
        folder: of the checkouts.
        weak: number of pathway tokens of a case.
        strong: number of its patch tokens.
    """
    published = mccsdg_class(folder)
    always = published(p_aug=1.0).train()
    tried: dict[str, Callable[[], object]] = {
        "unequal bags": lambda: always(torch.ones(1, weak, 8), torch.ones(1, strong, 8)),
        "two axes": lambda: always(torch.ones(weak, 8), torch.ones(strong, 8)),
        "representation": lambda: repr(published()),
    }
    seen = []
    for where, run in tried.items():
        try:
            run()
        except Exception as error:
            frames = [
                frame for frame in traceback.extract_tb(error.__traceback__) if "MCCSDG" in frame.filename
            ]
            message = str(error).splitlines()[0]
            seen.append(
                {"where": where, "line": frames[-1].lineno, "type": type(error).__name__, "message": message}
            )
    return seen
