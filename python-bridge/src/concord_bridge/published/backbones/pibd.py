"""The published PIBD class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import torch
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.backbones.pibd import SIGMA, PibdConfig
from concord_bridge.bags import Mode, Tap
from concord_bridge.objective import Outcome
from concord_bridge.published.backbones.backbone import PublishedBackbone
from concord_bridge.published.checkout import PIBD, find_checkout, load_module
from concord_bridge.published.on_cpu import cuda_stays_here
from concord_bridge.state_dict import Ragged
from concord_bridge.tape import Tape


class PublishedPibd(PublishedBackbone):
    """See PublishedBackbone.

    Run with `.cuda()` as the identity. For bags smaller than a sub-bag, on which it fails, the number of
    selected patches, an attribute, is set to the published ratio.
    """

    tapped: ClassVar = {
        "PIB_omics.encoder.6": "omics.features",
        "PIB_wsi.encoder.6": "wsi.features",
        "PID.norm1": "pid.norm1",
        "PID.attn.qkv": "pid.qkv",
        "PID.attn.proj": "pid.projection",
        "PID.norm2": "pid.norm2",
        "PID.mlp.fc1": "pid.mlp.hidden",
        "PID.mlp.fc2": "pid.mlp.out",
        "to_logits.0": "head.hidden",
        "to_logits.2": "head.logits",
    }

    def __init__(
        self, folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
    ) -> None:
        root = find_checkout(folder, PIBD)
        self.config = PibdConfig.of(config)
        self.sizes = list(config["pathwaySizes"])
        args = SimpleNamespace(
            omic_sizes=self.sizes,
            n_classes=config["bins"],
            encoding_dim=config["patchWidth"],
            wsi_projection_dim=config["width"],
            omics_format="pathways",
            ratio_wsi=config["ratioPatches"],
            ratio_omics=config["ratioPathways"],
            sample_num=config["samples"],
            num_patches=config["subBags"] * config["subBagSize"],
            alpha=0.1,
            beta=0.01,
            seed=1,
        )
        super().__init__(load_module(root, PIBD.landmark).PIBD(args), weights, ragged)

    def call(self, case: Case) -> Output:
        """See PublishedBackbone; the class's own terms are kept for `couple`."""
        model = self.model
        model.PIB_wsi.topk = self.config.selected("wsi", len(case.patches))
        genes = {f"x_omic{i + 1}": part[None] for i, part in enumerate(case.genes.split(self.sizes))}
        own = (torch.tensor([case.bin]), torch.tensor([case.censored])) if model.training else (None, None)
        kinds: list[tuple[Tensor, ...]] = []
        hook = model.CLUB.register_forward_pre_hook(lambda _module, inputs: kinds.append(inputs))
        try:
            with cuda_stays_here():
                logits, proxies, nearness, _, _ = model(
                    x_wsi=case.patches[None], return_attn=False, y=own[0], c=own[1], **genes
                )
        finally:
            hook.remove()
        if not model.training:
            return Output(logits)
        names = ("histology", "pathways", "global")
        embeddings = {name: torch.cat(one) for name, one in zip(names, zip(*kinds, strict=True), strict=True)}
        return Output(logits, embeddings=embeddings | {"proxies": proxies, "nearness": nearness})

    def couple(self, outputs: Sequence[Output], tape: Tape | None, mode: Mode, tap: Tap) -> Tensor:
        """The terms as the class returns them for a batch, weighed and divided as its training loop does it.

        The proxies' terms are those of the batch, the same with every case.
        """
        club: Any = self.model.CLUB
        bags = [
            [torch.stack([output.embeddings[name][bag] for output in outputs]) for name in KINDS]
            for bag in range(self.config.sub_bags)
        ]
        shared = torch.stack([club(*kinds) + club.learning_loss(*kinds) for kinds in bags]).mean()
        nearness = torch.stack([output.embeddings["nearness"] for output in outputs]).mean()
        total = nearness + outputs[0].embeddings["proxies"] + SIGMA * shared
        return total / len(outputs)

    def draws(self, tape: Tape) -> list[Tensor]:
        """In training pathway by pathway, then sub-bag by sub-bag; in evaluation sub-bags and noise."""
        bags = range(self.config.sub_bags)
        if not self.model.training:
            each = [self._sub_bag_noise(tape, bag) for bag in bags]
            return [tape.read("omics.noise")[0], *(draw for draws in each for draw in draws)]
        first, second = tape.read("pathways.0.dropout"), tape.read("pathways.1.dropout")
        pathways = [row[None] for pair in zip(first, second, strict=True) for row in pair]
        omics = [tape.read(f"omics.encoder.{layer}.dropout")[None] for layer in (0, 1)]
        each = [self._sub_bag_draws(tape, bag) for bag in bags]
        return [*pathways, *omics, tape.read("omics.noise")[0], *(draw for draws in each for draw in draws)]

    def _sub_bag_noise(self, tape: Tape, bag: int) -> list[Tensor]:
        order = tape.read(f"subBag.{bag}.order")
        return [order, tape.read("wsi.noise")[bag], tape.read("poe.noise")[bag][None]]

    def _sub_bag_draws(self, tape: Tape, bag: int) -> list[Tensor]:
        order, proxies, joint = self._sub_bag_noise(tape, bag)

        def of_bag(name: str) -> Tensor:
            """This sub-bag's rows."""
            return tape.read(name).unflatten(0, (self.config.sub_bags, -1))[bag][None]

        weights = [tape.read(f"pid.attention.{kind}.dropout")[bag][None] for kind in KINDS]
        counts = [weights[0].shape[2], weights[1].shape[2], 1]
        paths = {part: tape.read(f"pid.{part}.path")[bag] for part in ("attention", "mlp")}

        def of_kinds(name: str) -> tuple[Tensor, ...]:
            return of_bag(name).split(counts, 1)

        branches = zip(
            of_kinds("pid.mlp.hidden.dropout"), of_kinds("pid.mlp.out.dropout"), paths["mlp"], strict=True
        )
        return [
            order,
            *(of_bag(f"wsi.encoder.{layer}.dropout") for layer in (0, 1)),
            proxies,
            joint,
            *weights,
            *of_kinds("pid.projection.dropout"),
            *(path.reshape(1, 1, 1) for path in paths["attention"]),
            *(draw for hidden, out, path in branches for draw in (hidden, out, path.reshape(1, 1, 1))),
        ]

    def loss(self, logits: Tensor, outcomes: Sequence[Outcome], spec: Mapping[str, Any]) -> Tensor:
        """The class's own NLLSurvLoss, which sums; its training loop divides by the cases."""
        bins = torch.tensor([one.bin for one in outcomes])
        censored = torch.tensor([one.censored for one in outcomes])
        return self.model.loss_surv(h=logits, y=bins, t=None, c=censored) / len(outcomes)


KINDS = ("histology", "pathways", "global")
"""Of tokens, in the order of the class."""


def open_published(
    folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor] | None, ragged: Ragged
) -> PublishedPibd:
    """See concord_bridge.published.backbones.backbone.open_published."""
    return PublishedPibd(folder, config, weights, ragged)
