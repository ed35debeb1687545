"""The published class in the place of our reference, stage by stage."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from concord_bridge.backbones.backbone import Coupled, Output
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.objective import l1_penalty, objective, predict
from concord_bridge.published.backbones.backbone import open_published
from concord_bridge.published.module import PublishedMccsdg
from concord_bridge.reference_run import ReferenceRun, Run
from concord_bridge.subject import Named, Subject


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
    """The published class with its own loss and optimiser, in float32, which SurvPath's forward demands."""

    def __init__(self, subject: Subject) -> None:
        assert subject.published is not None
        self.subject = subject
        weights = subject.weights(torch.float32)
        self.names = [name for name in weights if name not in subject.frozen]
        self.backbone = open_published(
            subject.backbone, subject.published, subject.config, weights, subject.ragged
        )
        self.optimizer = self.backbone.optimizer(subject.protocol.optimizer)
        self.losses: list[Tensor] = []

    def evaluation(self) -> Named:
        """See Run."""
        taps: Named = {}
        with torch.no_grad():
            self._loss([0], "evaluation", taps.__setitem__)
        return taps

    def training(self) -> Named:
        """See Run."""
        taps: Named = {}
        self._backward(0, lambda name, tensor: taps.__setitem__(name, tensor.detach()))
        gradients = self.backbone.gradients(self.names)
        return taps | {f"grad.{name}": gradient for name, gradient in gradients.items()}

    def steps(self, up_to: int) -> Named:
        """See Run."""
        while len(self.losses) < up_to:
            loss = self._backward(len(self.losses), ignore)
            self.optimizer.step()
            self.losses.append(loss)
        return {"losses": torch.stack(self.losses)} | self.backbone.weights(self.names)

    def risks(self) -> Named:
        """See Run."""
        risks = []
        with torch.no_grad():
            for index in range(len(self.subject.outcomes)):
                case = self.subject.case(index, torch.float32)
                tape = self.subject.evaluation_tape(index, torch.float32)
                output = self.backbone.forward(case, tape, "evaluation", ignore)
                risks.append(predict(self.subject.protocol.loss, output.logits)["risk"])
        return {"risks": torch.cat(risks)}

    def _backward(self, step: int, tap: Tap) -> Tensor:
        """Gradients of the losses of a step, added up in the parameters; the tap sees the first one."""
        protocol = self.subject.protocol
        self.optimizer.zero_grad(set_to_none=True)
        losses: list[Tensor] = []
        for numbers in protocol.batches(step):
            first = not losses
            loss = self._loss(numbers, "training", tap if first else ignore) / protocol.accumulate
            if protocol.l1 is not None:
                penalty = l1_penalty(protocol.l1, dict(self.backbone.model.named_parameters()))
                assert penalty is not None
                loss = loss + penalty
            if first:
                tap("loss", loss)
            loss.backward()
            losses.append(loss.detach())
        return torch.stack(losses).sum()

    def _loss(self, numbers: Sequence[int], mode: Mode, tap: Tap) -> Tensor:
        training = mode == "training"
        outputs: list[Output] = []
        tapes = [self.subject.tape_of(number, mode, torch.float32) for number in numbers]
        cases = [self.subject.case_of(number) for number in numbers]
        for index, tape in zip(cases, tapes, strict=True):
            case = self.subject.case(index, torch.float32)
            outputs.append(self.backbone.forward(case, tape, mode, ignore if outputs else tap))
        coupled = (
            self.backbone.couple(outputs, tapes[0], mode, tap)
            if training and isinstance(self.backbone, Coupled)
            else None
        )
        logits = torch.cat([output.logits for output in outputs])
        outcomes = [self.subject.outcomes[index] for index in cases]
        likelihood = self.backbone.loss(logits, outcomes, self.subject.protocol.loss)
        prediction = predict(self.subject.protocol.loss, outputs[0].logits)
        return objective(likelihood, outputs, coupled, prediction, tap)
