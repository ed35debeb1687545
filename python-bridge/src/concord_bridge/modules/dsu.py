"""DSU between tokens of one modality: statistics drawn around their own."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from concord_bridge.bags import Bags, Mode, Tap
from concord_bridge.modules.module import demand
from concord_bridge.modules.token_statistics import TokenStatistics, flat, restyle, token_statistics
from concord_bridge.tape import Tape


@dataclass(frozen=True)
class Dsu:
    """Draw each token's statistics from normals whose spread is that of the bag's statistics.

    Source: arXiv 2202.03958; lixiaotong97/DSU@82a1de0, moved from instances to tokens; the published file
    lets the gradient through the statistics, here they are constants, as for every module.
    """

    p: float = 0.5
    factor: float = 1.0
    eps: float = 1e-6
    name: str = "dsu"

    def __call__(self, bags: Bags, tape: Tape | None, mode: Mode, tap: Tap) -> Bags:
        """Act in training, with probability p."""
        if mode == "evaluation":
            return bags
        tape = demand(tape, self.name)
        if tape.read("dsu.gate")[0] > self.p:
            return bags
        return Bags(
            strong=self._draw(bags.strong, "strong", tape, tap), weak=self._draw(bags.weak, "weak", tape, tap)
        )

    def _draw(self, tokens: Tensor, side: str, tape: Tape, tap: Tap) -> Tensor:
        own = token_statistics(tokens, self.eps)
        mean = own.mean + tape.read(f"dsu.mean.{side}")[None, :, None] * self.factor * self._spread(own.mean)
        noise = tape.read(f"dsu.deviation.{side}")[None, :, None]
        deviation = own.deviation + noise * self.factor * self._spread(own.deviation)
        tap(f"dsu.mean.{side}", flat(own.mean))
        tap(f"dsu.deviation.{side}", flat(own.deviation))
        tap(f"dsu.mixedMean.{side}", flat(mean))
        tap(f"dsu.mixedDeviation.{side}", flat(deviation))
        return restyle(tokens, own, TokenStatistics(mean, deviation))

    def _spread(self, statistic: Tensor) -> Tensor:
        return (statistic.var(1, keepdim=True) + self.eps).sqrt()
