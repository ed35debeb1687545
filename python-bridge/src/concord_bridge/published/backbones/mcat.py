"""The published MCAT class, and what it shares with its copies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn.modules import linear

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.objective import Outcome
from concord_bridge.published.backbones.backbone import PublishedBackbone
from concord_bridge.published.checkout import MCAT, PublishedError, find_checkout, load_module
from concord_bridge.published.losses import Loss, hazard_loss
from concord_bridge.state_dict import Ragged
from concord_bridge.tape import Tape

GROUPS = 6
"""Gene groups that the class reads, whatever it was built for."""


class PublishedMcat(PublishedBackbone):
    """See PublishedBackbone.

    Args:
        model: an instance of the class or of a copy.
        config: as TypeScript's package makes it.
        weights: by our names.
        ragged: how they are packed.
        loss: the published one.

    Raises:
        PublishedError: for another number of gene groups than the class reads.
    """

    tapped: ClassVar = {
        "wsi_net.0": "patches.linear",
        **{
            f"{tower}_transformer.layers.{i}.{layer}": f"{tower}.{i}.{name}"
            for tower in ("path", "omic")
            for i in (0, 1)
            for layer, name in {
                "norm1": "norm1",
                "linear1": "hidden",
                "linear2": "out",
                "norm2": "norm2",
            }.items()
        },
        **{
            f"{tower}_{layer}": f"{tower}.{name}"
            for tower in ("path", "omic")
            for layer, name in {"attention_head.attention_c": "attention.scores", "rho.0": "rho"}.items()
        },
        "mm.0": "fusion.0",
        "mm.2": "fusion.2",
        "classifier": "logits",
    }

    def __init__(
        self,
        model: torch.nn.Module,
        config: Mapping[str, Any],
        weights: Mapping[str, Tensor] | None,
        ragged: Ragged,
        loss: Loss,
    ) -> None:
        self.sizes = list(config["pathwaySizes"])
        if len(self.sizes) != GROUPS:
            raise PublishedError(f"the class reads {GROUPS} gene groups, not {len(self.sizes)}")
        super().__init__(model, weights, ragged)
        self._loss = loss

    def call(self, case: Case) -> Output:
        """See PublishedBackbone; the logits are what the classifier gives, for the class may keep them."""
        logits: list[Tensor] = []
        hook = self.model.classifier.register_forward_hook(lambda _module, _inputs, out: logits.append(out))
        try:
            genes = {f"x_omic{i + 1}": part for i, part in enumerate(case.genes.split(self.sizes))}
            self.model(x_path=case.patches, **genes)
        finally:
            hook.remove()
        return Output(logits[0][None])

    def draws(self, tape: Tape) -> list[Tensor]:
        """Patches; genes group by group, both layers of each; then each modality's Transformer."""
        first, second = tape.read("pathways.0.dropout"), tape.read("pathways.1.dropout")
        genes = [row for pair in zip(first, second, strict=True) for row in pair]
        towers = [draw for tower in ("path", "omic") for draw in _tower_draws(tape, tower)]
        return [tape.read("patches.dropout"), *genes, *towers]

    def loss(self, logits: Tensor, outcomes: Sequence[Outcome], spec: Mapping[str, Any]) -> Tensor:
        """See PublishedBackbone."""
        return self._loss(logits, outcomes, spec)


def _tower_draws(tape: Tape, tower: str) -> list[Tensor]:
    encoders = []
    for i in (0, 1):
        encoders.append(tape.read(f"{tower}.{i}.attention.dropout")[None])
        parts = ("attended", "hidden", "out")
        encoders += [tape.read(f"{tower}.{i}.{part}.dropout")[:, None] for part in parts]
    head = [tape.read(f"{tower}.attention.{branch}.dropout") for branch in ("tanh", "gate")]
    return [*encoders, *head, tape.read(f"{tower}.rho.dropout")]


UNUSED = ("torchvision", "torch_geometric", "torch_geometric.data")
"""Imported beside the loss, which needs none of it."""


@contextmanager
def old_linear() -> Iterator[None]:
    """While it lasts, torch has the class that torch 1.9 renamed."""
    linear._LinearWithBias = linear.NonDynamicallyQuantizableLinear  # type: ignore[attr-defined]
    try:
        yield
    finally:
        del linear._LinearWithBias  # type: ignore[attr-defined]


def open_published(
    folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
) -> PublishedMcat:
    """See concord_bridge.published.backbones.backbone.open_published."""
    root = find_checkout(folder, MCAT)
    with old_linear():
        model = load_module(root, MCAT.landmark).MCAT_Surv(
            omic_sizes=list(config["pathwaySizes"]), n_classes=config["bins"]
        )
    loss = hazard_loss(load_module(root, "utils/utils.py", unused=UNUSED))
    return PublishedMcat(model, config, weights, ragged, loss)
