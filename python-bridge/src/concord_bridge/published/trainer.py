"""The published class and optimiser as a trainer to be timed."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from concord_bridge.bench import LABEL, LEARNING_RATE, WEIGHT_DECAY, Trainer
from concord_bridge.published.survpath import PublishedSurvPath
from concord_bridge.survpath import SurvPathConfig


def published_trainer(folder: Path, config: SurvPathConfig, genes: Tensor, patches: Tensor) -> Trainer:
    """One case through the published class as its own training loop runs it."""
    survpath = PublishedSurvPath(folder, config)
    parameters = list(survpath.model.parameters())
    return Trainer(
        forward=lambda: survpath.forward(genes, patches, None, "training"),
        loss=lambda logits: survpath.loss(logits, *LABEL, alpha=0.5, eps=1e-7),
        optimizer=survpath.radam(parameters, lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY),
        parameters=sum(parameter.numel() for parameter in parameters),
    )
