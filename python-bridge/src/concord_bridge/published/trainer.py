"""The published class and optimiser as a trainer to be timed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from concord_bridge.backbones.backbone import Case
from concord_bridge.backbones.survpath import SurvPathConfig
from concord_bridge.bench import LEARNING_RATE, WEIGHT_DECAY, Trainer
from concord_bridge.objective import Outcome
from concord_bridge.published.backbones.survpath import open_published

LOSS = {"name": "nll", "alpha": 0.5, "eps": 1e-7, "reduction": "sum"}


def published_trainer(folder: Path, config: Mapping[str, Any], case: Case) -> Trainer:
    """One case through the published class as its own training loop runs it."""
    survpath = open_published(folder, config, None, SurvPathConfig.of(config).ragged)
    survpath.model.train()
    return Trainer(
        forward=lambda: survpath.call(case).logits,
        loss=lambda logits: survpath.loss(logits, [Outcome(bin=1, censored=0)], LOSS),
        optimizer=survpath.optimizer(
            {"lr": LEARNING_RATE, "betas": (0.9, 0.999), "eps": 1e-8, "weightDecay": WEIGHT_DECAY}
        ),
        parameters=sum(parameter.numel() for parameter in survpath.model.parameters()),
    )
