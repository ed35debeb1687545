"""The published CMTA class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch.nn.functional as F
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.objective import Outcome
from concord_bridge.published.backbones.backbone import PublishedBackbone
from concord_bridge.published.checkout import CMTA, PublishedError, find_checkout, load_module
from concord_bridge.published.losses import hazard_loss
from concord_bridge.published.on_cpu import cuda_stays_here
from concord_bridge.state_dict import Ragged
from concord_bridge.tape import Tape

GROUPS = 6
"""Gene groups that the published forward reads, whatever number of networks the class was built with."""


class PublishedCmta(PublishedBackbone):
    """See PublishedBackbone. Run with `.cuda()` as the identity; its logits are what its classifier gives."""

    tapped: ClassVar = {
        "pathomics_fc.0": "patches.0.linear",
        "pathomics_fc.3": "patches.1.linear",
        **{
            f"{modality}_{part}.{layer}": f"{modality}.{part}.{layer}"
            for modality in ("pathomics", "genomics")
            for part in ("encoder", "decoder")
            for layer in ("layer1.norm", "layer1", "layer2", "norm")
        },
        "mm.0": "head.0.linear",
        "mm.2": "head.1.linear",
        "classifier": "logits",
    }

    def __init__(
        self, folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
    ) -> None:
        root = find_checkout(folder, CMTA)
        self.sizes = list(config["pathwaySizes"])
        self.alpha = config["alpha"]
        if len(self.sizes) != GROUPS:
            raise PublishedError(
                f"{CMTA.landmark}, line 171: forward reads {GROUPS} gene groups, given {len(self.sizes)}"
            )
        published = load_module(root, CMTA.landmark, package="models.cmta")
        super().__init__(published.CMTA(self.sizes, config["bins"], "concat", "small"), weights, ragged)
        self._loss = hazard_loss(load_module(root, "utils/loss.py"))

    def call(self, case: Case) -> Output:
        """See PublishedBackbone. The distances are weighed and added as models/cmta/engine.py does."""
        genes = {f"x_omic{i + 1}": part for i, part in enumerate(case.genes.split(self.sizes))}
        logits: list[Tensor] = []
        hook = self.model.classifier.register_forward_hook(
            lambda _module, _inputs, output: logits.append(output)
        )
        try:
            with cuda_stays_here():
                _, _, token_p, decoded_p, token_g, decoded_g = self.model(x_path=case.patches, **genes)
        finally:
            hook.remove()
        distances = F.l1_loss(token_p.detach(), decoded_p) + F.l1_loss(token_g.detach(), decoded_g)
        return Output(logits[0], auxiliary=self.alpha * distances)

    def draws(self, tape: Tape) -> list[Tensor]:
        """Group by group, then patches, then the outputs of the attentions as they are called."""
        first, second = tape.read("pathways.0.dropout"), tape.read("pathways.1.dropout")
        groups = [row for pair in zip(first, second, strict=True) for row in pair]
        patches = [tape.read(f"patches.{block}.dropout") for block in (0, 1)]
        attentions = [
            tape.read(f"{modality}.{part}.{layer}.attention.dropout")[None]
            for part in ("encoder", "decoder")
            for modality in ("pathomics", "genomics")
            for layer in ("layer1", "layer2")
        ]
        return [*groups, *patches, *attentions]

    def loss(self, logits: Tensor, outcomes: Sequence[Outcome], spec: Mapping[str, Any]) -> Tensor:
        """The class NLLSurvLoss, which means."""
        return self._loss(logits, outcomes, spec)


def open_published(
    folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
) -> PublishedCmta:
    """See concord_bridge.published.backbones.backbone.open_published."""
    return PublishedCmta(folder, config, weights, ragged)
