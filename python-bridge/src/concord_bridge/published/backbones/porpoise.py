"""The published PORPOISE class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.objective import Outcome
from concord_bridge.published.backbones.backbone import PublishedBackbone
from concord_bridge.published.checkout import PORPOISE, find_checkout, load_module
from concord_bridge.published.losses import logit_loss
from concord_bridge.published.on_cpu import cuda_floats_are_here
from concord_bridge.state_dict import Ragged
from concord_bridge.tape import Tape


class PublishedPorpoise(PublishedBackbone):
    """See PublishedBackbone. Run with the CUDA float constructor as the CPU's."""

    tapped: ClassVar = {
        "attention_net.0": "patches.linear",
        "attention_net.3.attention_c": "attention.scores",
        "rho.0": "rho",
        "fc_omic.0.0": "genes.0.linear",
        "fc_omic.1.0": "genes.1.linear",
        "mm.linear_h1.0": "fusion.first.hidden",
        "mm.linear_o1.0": "fusion.first.out",
        "mm.linear_h2.0": "fusion.second.hidden",
        "mm.linear_o2.0": "fusion.second.out",
        "mm.encoder1.0": "fusion.encoder1",
        "mm.encoder2.0": "fusion.encoder2",
        "classifier_mm": "logits",
    }

    def __init__(
        self, folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
    ) -> None:
        root = find_checkout(folder, PORPOISE)
        self.genes = list(config["genes"])
        model = load_module(root, PORPOISE.landmark).PorpoiseMMF(
            omic_input_dim=len(self.genes),
            path_input_dim=config["patchWidth"],
            fusion="bilinear",
            n_classes=config["bins"],
            scale_dim1=config["scale"],
            scale_dim2=config["scale"],
            gate_path=config["gated"],
            gate_omic=config["gated"],
            skip=config["skip"],
            dropinput=0.0,
        )
        super().__init__(model, weights, ragged)
        self._loss = logit_loss(load_module(root, "utils/loss_func.py"))

    def call(self, case: Case) -> Output:
        """See PublishedBackbone."""
        with cuda_floats_are_here():
            return Output(self.model(x_path=case.patches, x_omic=case.genes[self.genes][None]))

    def draws(self, tape: Tape) -> list[Tensor]:
        """In the order of the class."""
        names = ("patches", "attention.tanh", "attention.gate", "rho", "genes.0", "genes.1")
        fusion = ("fusion.first", "fusion.second", "fusion.product")
        return [tape.read(f"{name}.dropout") for name in (*names, *fusion)]

    def loss(self, logits: Tensor, outcomes: Sequence[Outcome], spec: Mapping[str, Any]) -> Tensor:
        """The class NLLSurvLoss, which takes the mean."""
        return self._loss(logits, outcomes, spec)


def open_published(
    folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
) -> PublishedPorpoise:
    """See concord_bridge.published.backbones.backbone.open_published."""
    return PublishedPorpoise(folder, config, weights, ragged)
