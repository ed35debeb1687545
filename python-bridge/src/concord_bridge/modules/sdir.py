"""SDIR: mask the strong bag, strengthen what deviates in the weak one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from concord_bridge.bags import Bags, Mode, Tap
from concord_bridge.modules.module import Side, demand
from concord_bridge.modules.sparsity import Sparsity
from concord_bridge.modules.token_statistics import token_statistics
from concord_bridge.tape import Tape


@dataclass(frozen=True)
class Sdir:
    """(S1) to (S3) of docs/method: this project's reading of the paper's prose, not its equations.

    Args:
        kernel: the nascent Dirac δ_h.
        p: probability of silencing a strong token.
        gamma: largest extra gain.
        h: width of the kernel, in standard deviations.
        rescale: divide kept tokens by 1 − p.
        sparsity: draws p from the bag instead (E1).
    """

    kernel: Literal["gaussian", "lorentz"] = "gaussian"
    p: float = 0.5
    gamma: float = 1.0
    h: float = 1.0
    eps: float = 1e-6
    rescale: bool = False
    sparsity: Sparsity | None = None
    name: str = "sdir"

    def __call__(self, bags: Bags, tape: Tape | None, mode: Mode, tap: Tap) -> Bags:
        """Mask in training only; strengthen always."""
        strong = self.single("strong", bags.strong, tape, mode, tap)
        return Bags(strong=strong, weak=self.single("weak", bags.weak, tape, mode, tap))

    def single(self, side: Side, tokens: Tensor, tape: Tape | None, mode: Mode, tap: Tap) -> Tensor:
        """See SingleBag."""
        if side == "weak":
            return self._strengthen(tokens, tap)
        return tokens if mode == "evaluation" else self._mask(tokens, demand(tape, self.name), tap)

    def _mask(self, tokens: Tensor, tape: Tape, tap: Tap) -> Tensor:
        uniform = tape.read("sdir.mask", [tokens.shape[1]])
        p = self.p if self.sparsity is None else self.sparsity.probability(tokens, tap)
        keep = uniform >= p
        if not keep.any():
            keep[tape.read("sdir.fallback")[0]] = True
        replayed = tape.decision("sdir.keep")
        if replayed is not None:
            # How far u lies from p where the other stack decided otherwise.
            differs = replayed.bool() != keep
            tap("sdir.keep.violation", ((uniform - p).abs() * differs).max())
            keep = replayed.bool()
        factor = keep.to(tokens.dtype)
        tap("sdir.keep", factor)
        silenced = tokens * factor[None, :, None]
        if self.rescale:
            silenced = silenced / (1 - p)
        tap("sdir.strong", silenced.squeeze(0))
        return silenced

    def _strengthen(self, tokens: Tensor, tap: Tap) -> Tensor:
        mean, deviation = token_statistics(tokens, self.eps)
        standard = (tokens - mean) / deviation
        tap("sdir.standard", standard.squeeze(0))
        gain = 1 + self.gamma * (1 - self._peak(standard))
        tap("sdir.gain", gain.squeeze(0))
        strengthened = mean + (tokens - mean) * gain
        tap("sdir.weak", strengthened.squeeze(0))
        return strengthened

    def _peak(self, standard: Tensor) -> Tensor:
        """δ_h(z) / δ_h(0), in (0, 1]."""
        if self.kernel == "gaussian":
            return torch.exp(-standard.square() / (2 * self.h**2))
        return self.h**2 / (standard.square() + self.h**2)
