"""MCCSDG as its authors released it, and with the smallest repair that runs on its documented shapes."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from concord_bridge.bags import Bags, Mode, Tap
from concord_bridge.modules.module import Side, demand
from concord_bridge.modules.token_statistics import TokenStatistics, flat, restyle, token_statistics
from concord_bridge.tape import Tape


@dataclass(frozen=True)
class Released:
    """Mask both bags, then with probability p_aug blend each token's statistics with a partner's.

    Bag 1 of the published class is the weak one (pathways), bag 2 the strong one (patches). With
    `repaired`, partner i of bag 1 is token ρ₂[i mod N₂] of bag 2, which exists for any two lengths.

    Source: HopkinsKwong/MCCSDG@48d5410, models/model_SurvPath(MCCSDG).py, class MCCSDG.
    """

    p_aug: float = 0.3
    alpha: float = 0.1
    p_mask: float = 0.5
    eps: float = 1e-6
    repaired: bool = False

    @property
    def name(self) -> str:
        """The variant's name."""
        return "repaired" if self.repaired else "released"

    def __call__(self, bags: Bags, tape: Tape | None, mode: Mode, tap: Tap) -> Bags:
        """(R1) mask, (R2) entangle."""
        if mode == "evaluation":
            return bags
        tape = demand(tape, self.name)
        weak = self._mask(bags.weak, "weak", tape, tap)
        strong = self._mask(bags.strong, "strong", tape, tap)
        tap("released.masked.weak", weak.squeeze(0))
        tap("released.masked.strong", strong.squeeze(0))
        if tape.read("released.gate")[0] > self.p_aug:
            return Bags(strong=strong, weak=weak)
        of_weak, of_strong = token_statistics(weak, self.eps), token_statistics(strong, self.eps)
        for side, own in (("weak", of_weak), ("strong", of_strong)):
            tap(f"released.mean.{side}", flat(own.mean))
            tap(f"released.deviation.{side}", flat(own.deviation))
        blended_weak = self._blend(
            "weak", of_weak, of_strong, tape.read("released.partner.strong"), tape, tap
        )
        blended_strong = self._blend(
            "strong", of_strong, of_weak, tape.read("released.partner.weak"), tape, tap
        )
        return Bags(
            strong=restyle(strong, of_strong, blended_strong), weak=restyle(weak, of_weak, blended_weak)
        )

    def single(self, side: Side, tokens: Tensor, tape: Tape | None, mode: Mode, tap: Tap) -> Tensor:
        """See SingleBag."""
        return tokens if mode == "evaluation" else self._mask(tokens, side, demand(tape, self.name), tap)

    def _mask(self, tokens: Tensor, side: str, tape: Tape, tap: Tap) -> Tensor:
        keep = tape.read(f"released.mask.{side}") >= self.p_mask
        if not keep.any():
            keep[0] = True
        keep = keep[tape.read(f"released.shuffle.{side}")].to(tokens.dtype)
        tap(f"released.keep.{side}", keep)
        return tokens * keep[None, :, None].expand_as(tokens)

    def _blend(
        self, side: str, own: TokenStatistics, other: TokenStatistics, order: Tensor, tape: Tape, tap: Tap
    ) -> TokenStatistics:
        count = own.mean.shape[1]
        partner = order[torch.arange(count) % len(order)] if self.repaired else order % count
        weight = tape.read(f"released.blend.{side}")[None, :, None]
        mean = own.mean * weight + other.mean[:, partner] * (1 - weight)
        deviation = own.deviation * weight + other.deviation[:, partner] * (1 - weight)
        tap(f"released.blendedMean.{side}", flat(mean))
        tap(f"released.blendedDeviation.{side}", flat(deviation))
        return TokenStatistics(mean, deviation)
