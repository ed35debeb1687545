"""MixStyle between tokens of one modality: the peer that needs no second modality."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from concord_bridge.bags import Bags, Mode, Tap
from concord_bridge.modules.module import demand
from concord_bridge.modules.token_statistics import TokenStatistics, flat, restyle, token_statistics
from concord_bridge.tape import Tape


@dataclass(frozen=True)
class MixStyle:
    """Blend each token's statistics with those of a permuted token of its own bag.

    Source: arXiv 2104.02008; KaiyangZhou/mixstyle-release@16f7cf1, moved from instances to tokens.
    """

    p: float = 0.5
    alpha: float = 0.1
    eps: float = 1e-6
    name: str = "mixstyle"

    def __call__(self, bags: Bags, tape: Tape | None, mode: Mode, tap: Tap) -> Bags:
        """Act in training, with probability p."""
        if mode == "evaluation":
            return bags
        tape = demand(tape, self.name)
        if tape.read("mixstyle.gate")[0] > self.p:
            return bags
        return Bags(
            strong=self._mix(bags.strong, "strong", tape, tap), weak=self._mix(bags.weak, "weak", tape, tap)
        )

    def _mix(self, tokens: Tensor, side: str, tape: Tape, tap: Tap) -> Tensor:
        own = token_statistics(tokens, self.eps)
        order = tape.read(f"mixstyle.partner.{side}")
        weight = tape.read(f"mixstyle.blend.{side}")[None, :, None]
        mean = own.mean * weight + own.mean[:, order] * (1 - weight)
        deviation = own.deviation * weight + own.deviation[:, order] * (1 - weight)
        tap(f"mixstyle.mean.{side}", flat(own.mean))
        tap(f"mixstyle.deviation.{side}", flat(own.deviation))
        tap(f"mixstyle.mixedMean.{side}", flat(mean))
        tap(f"mixstyle.mixedDeviation.{side}", flat(deviation))
        return restyle(tokens, own, TokenStatistics(mean, deviation))
