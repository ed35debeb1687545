"""The plug-in point: what a module makes of a backbone's tokens."""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from concord_bridge.bags import Bags, Mode, Tap
from concord_bridge.modules.module import BagModule, SingleBag
from concord_bridge.tape import Tape


def plug_in(
    weak: Tensor, strong: Tensor, module: BagModule | None, tape: Tape | None, mode: Mode, tap: Tap
) -> tuple[Tensor, Tensor]:
    """Gene tokens and patch tokens [tokens, width] as the module leaves them.

    Taps `bags.*` show what it was given, `module.*` what it gave back.
    """
    if module is None or module.name == "plain":
        return weak, strong
    tap("bags.weak", weak)
    tap("bags.strong", strong)
    made = module(Bags(strong=strong[None], weak=weak[None]), tape, mode, tap)
    weak, strong = made.weak[0], made.strong[0]
    tap("module.weak", weak)
    tap("module.strong", strong)
    return weak, strong


def plug_in_call(
    call: int,
    weak: Tensor,
    strong: Tensor,
    module: BagModule | None,
    tape: Tape | None,
    mode: Mode,
    tap: Tap,
) -> tuple[Tensor, Tensor]:
    """One of several calls of the module in one pass, with draws, decisions and taps of its own."""
    prefix = f"call.{call}."
    own = None if tape is None else tape.under(prefix)
    return plug_in(weak, strong, module, own, mode, lambda name, values: tap(prefix + name, values))


def plug_in_one(
    side: Literal["weak", "strong"],
    tokens: Tensor,
    module: BagModule | None,
    tape: Tape | None,
    mode: Mode,
    tap: Tap,
) -> Tensor:
    """Tokens [tokens, width] of a backbone of one modality, as the part for a single bag leaves them.

    Raises:
        ValueError: if the module has no such part.
    """
    if module is None or module.name == "plain":
        return tokens
    if not isinstance(module, SingleBag):
        raise ValueError(f"{module.name} needs two bags; this backbone has one")
    tap(f"bags.{side}", tokens)
    tokens = module.single(side, tokens[None], tape, mode, tap)[0]
    tap(f"module.{side}", tokens)
    return tokens


def plug_in_none(module: BagModule | None) -> None:
    """In place of a plug-in point, in a backbone without tokens.

    Raises:
        ValueError: if there is a module to plug in.
    """
    if module is not None and module.name != "plain":
        raise ValueError(f"{module.name} needs a bag of tokens; this backbone has none")
