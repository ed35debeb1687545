"""Every module variant by the name that the command line uses."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from concord_bridge.bags import Bags, Mode, Tap
from concord_bridge.modules.cade import Cade, QuantileCade
from concord_bridge.modules.dsu import Dsu
from concord_bridge.modules.geometry import FisherRao
from concord_bridge.modules.mixstyle import MixStyle
from concord_bridge.modules.module import BagModule, Side
from concord_bridge.modules.released import Released
from concord_bridge.modules.sdir import Sdir
from concord_bridge.modules.sparsity import Sparsity
from concord_bridge.tape import Tape


@dataclass(frozen=True)
class Plain:
    """No plug-in: both bags as they are."""

    name: str = "plain"

    def __call__(self, bags: Bags, tape: Tape | None, mode: Mode, tap: Tap) -> Bags:
        """Return the bags."""
        return bags

    def single(self, side: Side, tokens: Tensor, tape: Tape | None, mode: Mode, tap: Tap) -> Tensor:
        """See SingleBag."""
        return tokens


@dataclass(frozen=True)
class Composed:
    """One module after the other."""

    name: str
    modules: tuple[BagModule, ...]

    def __call__(self, bags: Bags, tape: Tape | None, mode: Mode, tap: Tap) -> Bags:
        """Apply each in turn."""
        for module in self.modules:
            bags = module(bags, tape, mode, tap)
        return bags


MODULE_VARIANTS: dict[str, BagModule] = {
    "plain": Plain(),
    "released": Released(),
    "repaired": Released(repaired=True),
    "sdir": Sdir(),
    "sdir-lorentz": Sdir(kernel="lorentz"),
    "cade": Cade(),
    "cade-fisher-rao": Cade(geometry=FisherRao()),
    "described": Composed("described", (Sdir(), Cade())),
    "sdir-adaptive": Sdir(sparsity=Sparsity()),
    "cade-quantile": QuantileCade(),
    "extended": Composed("extended", (Sdir(sparsity=Sparsity()), QuantileCade())),
    "mixstyle": MixStyle(),
    "dsu": Dsu(),
}


def module_variant(name: str) -> BagModule:
    """The variant of that name. Raises ValueError naming those there are."""
    if name not in MODULE_VARIANTS:
        raise ValueError(f"unknown module {name!r}; there are: {', '.join(MODULE_VARIANTS)}")
    return MODULE_VARIANTS[name]
