"""The loss of a batch of cases, each with its tape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from concord_bridge.backbones.backbone import Backbone, Case, Coupled, Output
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.modules.module import BagModule
from concord_bridge.objective import Outcome, Protocol, objective, predict, survival_loss
from concord_bridge.tape import Tape


class TapedCase(NamedTuple):
    """One forward pass."""

    case: Case
    outcome: Outcome
    tape: Tape | None
    """Needed in training, and by models that draw in evaluation."""


def batch_loss(
    model: Backbone,
    module: BagModule | None,
    protocol: Protocol,
    passes: Sequence[TapedCase],
    mode: Mode,
    tap: Tap = ignore,
) -> Tensor:
    """With the backbone's own terms, before it is divided and penalised; the tap sees the first pass."""
    outputs: list[Output] = []
    for case, _, tape in passes:
        outputs.append(model.forward(case, tape, mode, module, ignore if outputs else tap))
    coupled = (
        model.couple(outputs, passes[0].tape, mode, tap)
        if mode == "training" and isinstance(model, Coupled)
        else None
    )
    logits = torch.cat([output.logits for output in outputs])
    likelihood = survival_loss(protocol.loss, logits, [one.outcome for one in passes])
    prediction = predict(protocol.loss, outputs[0].logits)
    return objective(likelihood, outputs, coupled, prediction, tap)
