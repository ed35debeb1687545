"""The published class and optimiser as a trainer to be timed."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from concord_bridge.backbones.survpath import SurvPathConfig
from concord_bridge.bench import LABEL, LEARNING_RATE, WEIGHT_DECAY, Trainer
from concord_bridge.published.backbones.survpath import PublishedSurvPath


def published_trainer(folder: Path, config: SurvPathConfig, genes: Tensor, patches: Tensor) -> Trainer:
    """One case through the published class as its own training loop runs it."""
    survpath = PublishedSurvPath(folder, config)
    return Trainer(
        forward=lambda: survpath.forward(genes, patches, None, "training").logits,
        loss=lambda logits: survpath.loss(logits, *LABEL, alpha=0.5, eps=1e-7),
        optimizer=survpath.optimizer(
            {"lr": LEARNING_RATE, "betas": (0.9, 0.999), "eps": 1e-8, "weightDecay": WEIGHT_DECAY}
        ),
        parameters=sum(parameter.numel() for parameter in survpath.model.parameters()),
    )
