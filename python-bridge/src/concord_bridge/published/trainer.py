"""The published class and optimiser as a trainer to be timed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors.torch import load_file
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.bench import OUTCOME, Trainer
from concord_bridge.objective import Protocol, l1_penalty
from concord_bridge.published.backbones.backbone import open_published


def published_trainer(params: Mapping[str, Any], case: Case) -> Trainer:
    """One case through the published class as its own training loop runs it."""
    protocol = Protocol.of(params["protocol"])
    backbone = open_published(
        params["backbone"],
        Path(params["published"]),
        params["config"],
        load_file(params["weights"]),
        params["ragged"],
    )
    backbone.model.train()

    def loss(output: Output) -> Tensor:
        total = backbone.loss(output.logits, [OUTCOME], protocol.loss)
        if output.auxiliary is not None:
            total = total + output.auxiliary
        penalty = l1_penalty(protocol.l1, dict(backbone.model.named_parameters()))
        return total if penalty is None else total + penalty

    return Trainer(
        forward=lambda: backbone.call(case),
        loss=loss,
        optimizer=backbone.optimizer(protocol.optimizer),
        parameters=sum(parameter.numel() for parameter in backbone.model.parameters()),
    )
