"""One subject on this side, stage by stage, in the precision asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from concord_bridge.backbones.backbone import open_backbone
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.batch_loss import TapedCase, batch_loss
from concord_bridge.modules.variants import module_variant
from concord_bridge.objective import l1_penalty, predict
from concord_bridge.optimizer import open_optimizer
from concord_bridge.subject import Named, Subject


class Run(Protocol):
    """A subject in one precision, or as published."""

    def evaluation(self) -> Named:
        """Every intermediate of the first case's evaluation."""
        ...

    def training(self) -> Named:
        """Every intermediate of the first training step, and `grad.<weight>` of every weight."""
        ...

    def steps(self, up_to: int) -> Named:
        """All weights after `up_to` optimiser steps, and the loss of each as `losses`."""
        ...

    def risks(self) -> Named:
        """The risk of every case, with the weights as they are."""
        ...


class ReferenceRun:
    """Our own PyTorch.

    Args:
        subject: see Subject.
        dtype: in which it computes.
        jitter: of the weights that it starts from, see `moved`.
    """

    def __init__(self, subject: Subject, dtype: torch.dtype, jitter: int = 0) -> None:
        self.subject = subject
        self.dtype = dtype
        self.weights = {name: moved(value, jitter) for name, value in subject.weights(dtype).items()}
        self.trained = {name: value for name, value in self.weights.items() if name not in subject.frozen}
        self.model = open_backbone(subject.backbone, subject.config, self.weights, subject.search)
        self.module = module_variant(subject.module)
        self.losses: list[Tensor] = []
        self.optimizer = open_optimizer(subject.protocol.optimizer, self.trained)

    def evaluation(self) -> Named:
        """See Run."""
        taps: Named = {}
        with torch.no_grad():
            self._loss([0], "evaluation", taps.__setitem__)
        return taps

    def training(self) -> Named:
        """See Run."""
        taps: Named = {}
        gradients, _ = self._gradients(0, lambda name, tensor: taps.__setitem__(name, tensor.detach()))
        return taps | {f"grad.{name}": gradient for name, gradient in gradients.items()}

    def steps(self, up_to: int) -> Named:
        """See Run."""
        while len(self.losses) < up_to:
            gradients, loss = self._gradients(len(self.losses), ignore)
            self.optimizer.step(gradients)
            self.losses.append(loss)
        losses = {"losses": torch.stack(self.losses)}
        return losses | {name: weight.detach() for name, weight in self.trained.items()}

    def risks(self) -> Named:
        """See Run."""
        risks = []
        with torch.no_grad():
            for index in range(len(self.subject.outcomes)):
                case = self.subject.case(index, self.dtype)
                tape = self.subject.evaluation_tape(index, self.dtype)
                output = self.model.forward(case, tape, "evaluation", self.module, ignore)
                risks.append(predict(self.subject.protocol.loss, output.logits)["risk"])
        return {"risks": torch.cat(risks)}

    def _gradients(self, step: int, tap: Tap) -> tuple[Named, Tensor]:
        """Of the losses of a step, added up; the tap sees the first one."""
        for weight in self.trained.values():
            weight.requires_grad_(True)
        total: Named = {}
        losses = []
        for numbers in self.subject.protocol.batches(step):
            first = not losses
            loss = self._loss(numbers, "training", tap if first else ignore)
            loss = loss / self.subject.protocol.accumulate
            penalty = l1_penalty(self.subject.protocol.l1, self.trained)
            if penalty is not None:
                loss = loss + penalty
            if first:
                tap("loss", loss)
            found = torch.autograd.grad(loss, list(self.trained.values()))
            for name, gradient in zip(self.trained, found, strict=True):
                total[name] = total[name] + gradient if name in total else gradient
            losses.append(loss.detach())
        for weight in self.trained.values():
            weight.requires_grad_(False)
        return total, torch.stack(losses).sum()

    def _loss(self, numbers: Sequence[int], mode: Mode, tap: Tap) -> Tensor:
        """Of one batch of forward passes, before it is divided and penalised; the tap sees the first pass."""
        passes = [
            TapedCase(
                self.subject.case(index, self.dtype),
                self.subject.outcomes[index],
                self.subject.tape_of(number, mode, self.dtype),
            )
            for number in numbers
            for index in (self.subject.case_of(number),)
        ]
        return batch_loss(self.model, self.module, self.subject.protocol, passes, mode, tap)


def take(run: Run, stage: str, steps: int) -> Named:
    """A stage of a run, by its name; `steps` are those that it takes, or that were taken before.

    Raises:
        ValueError: for a name that is not known.
    """
    stages = {
        "evaluation": run.evaluation,
        "training": run.training,
        "steps": lambda: run.steps(steps),
        "risks": run.risks,
    }
    if stage not in stages:
        raise ValueError(f"unknown stage {stage!r}; there are: {', '.join(stages)}")
    return stages[stage]()


def moved(value: Tensor, jitter: int) -> Tensor:
    """Each number moved up, down or not at all by one unit in the last place; not at all for jitter 0."""
    if jitter == 0:
        return value
    generator = torch.Generator().manual_seed(jitter)
    direction = torch.randint(-1, 2, value.shape, generator=generator).to(value.dtype)
    return torch.nextafter(value, value + direction)
