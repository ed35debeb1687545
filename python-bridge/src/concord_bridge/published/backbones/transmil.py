"""The published TransMIL class."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.published.checkout import (
    NYSTROM,
    SURVPATH,
    TRANSMIL,
    PublishedError,
    find_checkout,
    load_module,
)
from concord_bridge.published.on_cpu import cuda_stays_here
from concord_bridge.published.survpath_family import SurvPathFamily
from concord_bridge.state_dict import Ragged
from concord_bridge.tape import Tape


class PublishedTransMil(SurvPathFamily):
    """See SurvPathFamily. Run with `.cuda()` as the identity, on version 0.0.14 of the attention package.

    It was published for classes of slides; loss and optimiser are those of SurvPath, as its protocol here.
    """

    tapped: ClassVar = {
        "_fc1.0": "patches.linear",
        "layer1": "encoder.layer1",
        "layer1.norm": "encoder.layer1.norm",
        "layer1.attn.to_qkv": "encoder.layer1.attention.qkv",
        "layer2": "encoder.layer2",
        "layer2.norm": "encoder.layer2.norm",
        "layer2.attn.to_qkv": "encoder.layer2.attention.qkv",
        "norm": "encoder.norm",
        "_fc2": "logits",
    }

    def __init__(
        self, folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
    ) -> None:
        if config["keep"] != "last":
            raise PublishedError(f"keep={config['keep']!r}: {NYSTROM.name} keeps the last rows")
        root = find_checkout(folder, TRANSMIL)
        beside = [find_checkout(folder, NYSTROM)]
        model = load_module(root, TRANSMIL.landmark, beside=beside).TransMIL(n_classes=config["bins"])
        super().__init__(find_checkout(folder, SURVPATH), model, weights, ragged)

    def call(self, case: Case) -> Output:
        """See PublishedBackbone."""
        with cuda_stays_here():
            return Output(self.model(data=case.patches[None])["logits"])

    def draws(self, tape: Tape) -> list[Tensor]:
        """The output of each attention is dropped out, its filling rows among it."""
        return [tape.read(f"encoder.{layer}.attention.dropout")[None] for layer in ("layer1", "layer2")]


def open_published(
    folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
) -> PublishedTransMil:
    """See concord_bridge.published.backbones.backbone.open_published."""
    return PublishedTransMil(folder, config, weights, ragged)
