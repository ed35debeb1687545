"""CADE: move each token's distribution towards the other modality's, along a kernel-smoothed path."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from concord_bridge.bags import Bags, Mode, Tap
from concord_bridge.modules.geometry import Geometry, Wasserstein
from concord_bridge.modules.module import demand
from concord_bridge.modules.token_statistics import TokenStatistics, flat, restyle, token_statistics
from concord_bridge.tape import Tape


def kernel_weights(geometry: Geometry, a: TokenStatistics, b: TokenStatistics, bandwidth: float) -> Tensor:
    """Nadaraya–Watson weights [batch, N, M] of M partners for each of N tokens: a Gaussian of distance."""
    return (-geometry.squared_distances(a, b) / (2 * bandwidth**2)).softmax(2)


@dataclass(frozen=True)
class Cade:
    """(C1) to (C4) of docs/method: this project's reading of the paper's prose, not its equations."""

    geometry: Geometry = field(default_factory=Wasserstein)
    p_aug: float = 0.3
    alpha: float = 0.1
    bandwidth: float = 0.5
    eps: float = 1e-6
    name: str = "cade"

    def __call__(self, bags: Bags, tape: Tape | None, mode: Mode, tap: Tap) -> Bags:
        """Act in training, with probability p_aug."""
        if mode == "evaluation":
            return bags
        tape = demand(tape, self.name)
        if tape.read("cade.gate")[0] > self.p_aug:
            return bags
        own = {side: token_statistics(getattr(bags, side), self.eps) for side in ("strong", "weak")}
        for side, statistics in own.items():
            tap(f"cade.mean.{side}", flat(statistics.mean))
            tap(f"cade.deviation.{side}", flat(statistics.deviation))
        partner = {}
        for side, other in (("strong", "weak"), ("weak", "strong")):
            weights = kernel_weights(self.geometry, own[side], own[other], self.bandwidth)
            partner[side] = TokenStatistics(weights @ own[other].mean, weights @ own[other].deviation)
            tap(f"cade.partnerMean.{side}", flat(partner[side].mean))
            tap(f"cade.partnerDeviation.{side}", flat(partner[side].deviation))
        moved = {}
        for side in ("strong", "weak"):
            t = tape.read(f"cade.position.{side}")[None, :, None]
            target = self.geometry.move(own[side], partner[side], t)
            tap(f"cade.movedMean.{side}", flat(target.mean))
            tap(f"cade.movedDeviation.{side}", flat(target.deviation))
            moved[side] = restyle(getattr(bags, side), own[side], target)
        for side in ("strong", "weak"):
            tap(f"cade.{side}", moved[side].squeeze(0))
        return Bags(**moved)


@dataclass(frozen=True)
class QuantileCade:
    """(E2): displacement interpolation of the empirical channel distributions, no Gaussian assumed."""

    geometry: Geometry = field(default_factory=Wasserstein)
    p_aug: float = 0.3
    alpha: float = 0.1
    bandwidth: float = 0.5
    eps: float = 1e-6
    name: str = "cade-quantile"

    def __call__(self, bags: Bags, tape: Tape | None, mode: Mode, tap: Tap) -> Bags:
        """Act in training, with probability p_aug."""
        if mode == "evaluation":
            return bags
        tape = demand(tape, self.name)
        if tape.read("cade.gate")[0] > self.p_aug:
            return bags
        own = {side: token_statistics(getattr(bags, side), self.eps) for side in ("strong", "weak")}
        for side, statistics in own.items():
            tap(f"cade.mean.{side}", flat(statistics.mean))
            tap(f"cade.deviation.{side}", flat(statistics.deviation))
        moved = {}
        for side, other in (("strong", "weak"), ("weak", "strong")):
            tokens = getattr(bags, side)
            weights = kernel_weights(self.geometry, own[side], own[other], self.bandwidth)
            target = weights @ getattr(bags, other).detach().sort(2).values
            tap(f"cade.partnerSorted.{side}", target.squeeze(0))
            ranks = self._ranks(tokens.detach(), f"cade.rank.{side}", tape, tap)
            t = tape.read(f"cade.position.{side}")[None, :, None]
            moved[side] = (1 - t) * tokens + t * target.gather(2, ranks)
            tap(f"cade.{side}", moved[side].squeeze(0))
        return Bags(**moved)

    @staticmethod
    def _ranks(tokens: Tensor, name: str, tape: Tape, tap: Tap) -> Tensor:
        """Rank of each channel within its token, 0 for the smallest; replayed where the tape has it."""
        replayed = tape.decision(name)
        if replayed is None:
            return tokens.argsort(dim=2, stable=True).argsort(dim=2)
        ranks = replayed.reshape(tokens.shape)
        # In the order of the replayed ranks values may nowhere fall; where they do, by how much.
        in_order = tokens.gather(2, ranks.argsort(2))
        is_permutation = (ranks.sort(2).values == torch.arange(ranks.shape[2])).all()
        fall = (in_order[..., :-1] - in_order[..., 1:]).clamp(min=0).max()
        tap(f"{name}.violation", fall if is_permutation else torch.full_like(fall, torch.inf))
        return ranks
