"""The published MMP classes: PANTHER, which sums a slide up, and the Transformer that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import torch
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.objective import Outcome
from concord_bridge.published.backbones.backbone import PublishedBackbone
from concord_bridge.published.checkout import MMP, find_checkout, load_module
from concord_bridge.state_dict import Ragged
from concord_bridge.tape import Tape

UNUSED = ("ot", "tqdm")
"""POT and tqdm, which the files import for their optimal transport and their prediction loops."""


class PublishedMmp(PublishedBackbone):
    """See PublishedBackbone. PANTHER is a submodule of the Transformer here: both are one state dict."""

    tapped: ClassVar = {
        "path_proj_net.0": "prototypes.linear",
        "coattn.0.norm": "attention.norm",
        "coattn.0.attn.to_qkv": "attention.qkv",
        "coattn.0": "attention.out",
        "coattn.1": "feedForward.out",
        "coattn.2": "norm",
    }

    def __init__(
        self, folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
    ) -> None:
        root = find_checkout(folder, MMP) / "src"
        self.sizes = list(config["pathwaySizes"])
        self.prototypes = config["prototypes"]
        file = "mil_models/model_multimodal.py"
        model = load_module(root, file, package="mil_models", unused=UNUSED).coattn(
            omic_sizes=self.sizes,
            histo_in_dim=config["patchWidth"],
            num_classes=config["outputs"],
            path_proj_dim=config["width"],
            modality="coattn",
            histo_model="PANTHER",
            append_embed="random",
            net_indiv=True,
            numOfproto=self.prototypes,
        )
        panther = load_module(root, "mil_models/PANTHER/layers.py", package="mil_models.PANTHER")
        model.panther = panther.PANTHERBase(
            config["patchWidth"],
            p=self.prototypes,
            L=1,
            tau=config["tau"],
            out="allcat",
            ot_eps=config["variance"],
            load_proto=False,
        )
        self._tokenizer: Any = load_module(root, "mil_models/tokenizer.py").PrototypeTokenizer(
            "PANTHER", "allcat", self.prototypes
        )
        self._losses: Any = load_module(root, "utils/losses.py")
        self._utils: Any = load_module(root, "utils/utils.py", unused=("transformers",))
        super().__init__(model, weights, ragged)

    def call(self, case: Case) -> Output:
        """See PublishedBackbone. The slide's summary is made without gradients, as when it is cached."""
        with torch.no_grad():
            summary, _ = self.model.panther(case.patches[None])
            probability, mean, covariance = self._tokenizer(summary)
            tokens = torch.cat([probability[..., None], mean, covariance], dim=-1)
        genes = [part[None] for part in case.genes.split(self.sizes)]
        return Output(self.model.forward_no_loss(tokens, genes)["logits"])

    def draws(self, tape: Tape) -> list[Tensor]:
        """The class drops out pathway by pathway, both layers of each; then token by token."""
        first, second = tape.read("pathways.0.dropout"), tape.read("pathways.1.dropout")
        pathways = [row[None] for pair in zip(first, second, strict=True) for row in pair]
        return [*pathways, *(row[None, None] for row in tape.read("feedForward.dropout"))]

    def loss(self, logits: Tensor, outcomes: Sequence[Outcome], spec: Mapping[str, Any]) -> Tensor:
        """The class CoxLoss, which divides by the events; only the order of times matters to it."""
        if spec["name"] != "cox":
            raise ValueError(f"mmp was published with the loss cox, not {spec['name']!r}")
        months = torch.tensor([[one.months] for one in outcomes])
        censored = torch.tensor([[one.censored] for one in outcomes])
        return self._losses.CoxLoss()(logits=logits, times=months, censorships=censored)["loss"]

    def optimizer(self, spec: Mapping[str, Any]) -> torch.optim.Optimizer:
        """The AdamW of get_optim, which lets tensors of fewer than two axes be."""
        args = SimpleNamespace(opt="adamW", lr=spec["lr"], wd=spec["weightDecay"])
        return self._utils.get_optim(args, model=self.model)


def open_published(
    folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
) -> PublishedMmp:
    """See concord_bridge.published.backbones.backbone.open_published."""
    return PublishedMmp(folder, config, weights, ragged)
