"""The published class in the place of our reference, stage by stage."""

from __future__ import annotations

import torch
from torch import Tensor

from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.loss import predict_survival
from concord_bridge.parity import Named, ReferenceRun, Run, Subject, tap_loss
from concord_bridge.published.backbones.backbone import open_published
from concord_bridge.published.module import PublishedMccsdg
from concord_bridge.tape import Tape


def published_run(subject: Subject) -> Run:
    """The backbone as published; or, for `released`, ours with the published module plugged in."""
    assert subject.published is not None
    if subject.module == "plain":
        return PublishedRun(subject)
    if subject.module == "released":
        run = ReferenceRun(subject, torch.float32)
        run.module = PublishedMccsdg(subject.published)
        return run
    raise ValueError(f"{subject.module} was never published; only plain and released have that witness")


class PublishedRun:
    """The published class with the published optimiser, in float32, which SurvPath's forward demands."""

    def __init__(self, subject: Subject) -> None:
        assert subject.published is not None
        self.subject = subject
        self.backbone = open_published(
            subject.backbone, subject.published, subject.config, subject.weights(torch.float32)
        )
        self.optimizer = self.backbone.optimizer(subject.optimizer)
        self.losses: list[Tensor] = []

    def evaluation(self) -> Named:
        """See Run."""
        taps: Named = {}
        with torch.no_grad():
            self._loss(0, None, "evaluation", taps.__setitem__)
        return taps

    def training(self) -> Named:
        """See Run."""
        taps: Named = {}
        self._backward(0, lambda name, tensor: taps.__setitem__(name, tensor.detach()))
        gradients = self.backbone.gradients()
        return taps | {f"grad.{name}": gradient for name, gradient in gradients.items()}

    def steps(self, up_to: int) -> Named:
        """See Run."""
        while len(self.losses) < up_to:
            loss = self._backward(len(self.losses), ignore)
            self.optimizer.step()
            self.losses.append(loss)
        return {"losses": torch.stack(self.losses)} | self.backbone.weights()

    def risks(self) -> Named:
        """See Run."""
        risks = []
        with torch.no_grad():
            for index in range(len(self.subject.cases)):
                genes, patches = self.subject.case(index, torch.float32)
                output = self.backbone.forward(genes, patches, None, "evaluation", ignore)
                risks.append(predict_survival(output.logits).risk)
        return {"risks": torch.cat(risks)}

    def _backward(self, step: int, tap: Tap) -> Tensor:
        self.optimizer.zero_grad(set_to_none=True)
        tape = self.subject.tape(step, torch.float32)
        loss = self._loss(step % len(self.subject.cases), tape, "training", tap)
        loss.backward()
        return loss.detach()

    def _loss(self, index: int, tape: Tape | None, mode: Mode, tap: Tap) -> Tensor:
        genes, patches = self.subject.case(index, torch.float32)
        logits, auxiliary = self.backbone.forward(genes, patches, tape, mode, tap)
        bins, censored = self.subject.label(index)
        return tap_loss(
            logits, self.backbone.loss(logits, bins, censored, **self.subject.loss), auxiliary, tap
        )
