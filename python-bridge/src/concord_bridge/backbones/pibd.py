"""PIBD in plain PyTorch, its pathway networks packed into few tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.backbones.plug_in import plug_in_call
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.layers.bottleneck import Narrowed, bottleneck, proxies, samples
from concord_bridge.layers.club import club
from concord_bridge.layers.disentangle import disentangle
from concord_bridge.layers.forward_pass import ForwardPass
from concord_bridge.layers.pathway_networks import pathway_networks
from concord_bridge.layers.product_of_experts import product_of_experts
from concord_bridge.loss import nll_survival
from concord_bridge.modules.module import BagModule
from concord_bridge.tape import Tape

ALPHA, BETA, GAMMA, SIGMA = 0.1, 0.01, 1, 0.1
"""Weights of the terms that are added to the likelihood."""

BOTTLENECKS = {"omics": "PIB_omics", "wsi": "PIB_wsi"}


@dataclass(frozen=True)
class PibdConfig:
    """What fixes the shapes, and the published numbers; see TypeScript's PibdConfig."""

    pathway_sizes: tuple[int, ...]
    width: int
    heads: int
    bins: int
    sub_bags: int
    sub_bag_size: int
    ratio_patches: float
    ratio_pathways: float
    samples: int
    reseeds: bool

    @staticmethod
    def of(config: Mapping[str, Any]) -> PibdConfig:
        """From the form in which TypeScript sends it."""
        return PibdConfig(
            tuple(config["pathwaySizes"]),
            config["width"],
            config["heads"],
            config["bins"],
            config["subBags"],
            config["subBagSize"],
            config["ratioPatches"],
            config["ratioPathways"],
            config["samples"],
            config["reseeds"],
        )

    def sub_bag(self, patches: int) -> int:
        """Patches of a sub-bag of a bag of so many."""
        return min(self.sub_bag_size, patches)

    def selected(self, side: str, patches: int) -> int:
        """Tokens that pass a bottleneck: the published ratio of what there is, one at least."""
        if side == "omics":
            return max(1, int(len(self.pathway_sizes) * self.ratio_pathways))
        return max(1, int(self.sub_bag(patches) * self.ratio_patches))


class Pibd:
    """Both modalities pass a bottleneck, and meet in a disentangled Transformer layer.

    Args:
        config: the shapes.
        weights: by the names that TypeScript uses too; torch layouts. Borrowed, not copied.

    Source: arXiv 2405.11839; zylbuaa/PIBD@bd5bd94, models/model_PIBD.py.
    """

    def __init__(self, config: PibdConfig, weights: Mapping[str, Tensor]) -> None:
        self.config = config
        self.weights = weights

    def forward(
        self,
        case: Case,
        tape: Tape | None = None,
        mode: Mode = "evaluation",
        module: BagModule | None = None,
        tap: Tap = ignore,
    ) -> Output:
        """See concord_bridge.backbones.backbone.Backbone.forward; evaluation needs a tape, too."""
        config = self.config
        forward = ForwardPass("pibd", self.weights, tape, mode, tap)
        training = mode == "training"
        positive = config.bins * case.censored + case.bin if training else None
        count = len(case.patches)

        def narrow(side: str, inputs: Tensor) -> Narrowed:
            noise = self._proxy_noise(forward, side)
            selected = config.selected(side, count)
            return bottleneck(forward, inputs, noise, side, BOTTLENECKS[side], selected, positive)

        omics = narrow("omics", pathway_networks(forward, case.genes, config.pathway_sizes)[None])
        sub_bags = [case.patches[order[: config.sub_bag(count)]] for order in self._orders(forward, count)]
        wsi = narrow("wsi", torch.stack(sub_bags))
        experts = [(wsi.mean, wsi.deviation), (omics.mean, omics.deviation)]
        joint = product_of_experts(forward, experts, self._joint_noise(forward))  # [sub-bags, width]
        # The plug-in point: after both bottlenecks, before the disentangling, for each sub-bag.
        made = [
            plug_in_call(call, omics.tokens[0], strong, module, tape, mode, tap)
            for call, strong in enumerate(wsi.tokens)
        ]
        pathways, histology = (torch.stack(bags) for bags in zip(*made, strict=True))
        kinds = disentangle(forward, histology, pathways, joint[:, None], config.heads)
        means = [kind.mean(1) for kind in kinds]
        pooled = forward.see("pooled", torch.cat(means, 1))
        hidden = torch.relu(forward.linear("to_logits.0", pooled, "head.hidden"))
        logits = forward.linear("to_logits.2", hidden, "head.logits").mean(0, keepdim=True)
        embeddings = dict(zip(("histology", "pathways", "global"), means, strict=True))
        if wsi.proxy_loss is not None and omics.proxy_loss is not None:
            embeddings["proxyLoss"] = wsi.proxy_loss + omics.proxy_loss
        return Output(forward.see("logits", logits), embeddings=embeddings)

    def couple(self, outputs: Sequence[Output], tape: Tape | None, mode: Mode, tap: Tap) -> Tensor:
        """What is added to the likelihood of a batch, divided by the cases as that is.

        The proxies' noise is the batch's: every case's tape holds the same.
        """
        forward = ForwardPass("pibd", self.weights, tape, mode, tap)

        def of(name: str) -> Tensor:
            return torch.stack([output.embeddings[name] for output in outputs])

        histology, pathways = of("histology"), of("pathways")
        nearness = forward.see("proxies.nearness", of("proxyLoss").mean())
        likelihood = divergence = torch.zeros_like(nearness)
        for side, layer in BOTTLENECKS.items():
            drawn = samples(forward, layer, self._proxy_noise(forward, side))
            likelihood = likelihood + self._proxy_likelihood(forward, side, drawn)
            divergence = divergence + _divergence(*proxies(forward, layer))
        forward.see("proxies.likelihood", likelihood)
        forward.see("proxies.divergence", divergence)
        pairs = [
            club(forward, "CLUB.mimin", histology, pathways),
            club(forward, "CLUB.mimin_glob", torch.cat([histology, pathways], 2), of("global")),
        ]
        bound = forward.see("club.bound", pairs[0][0] + pairs[1][0])
        fit = forward.see("club.fit", pairs[0][1] + pairs[1][1])
        total = GAMMA * nearness + ALPHA * likelihood + BETA * divergence + SIGMA * (bound + fit)
        return total / len(outputs)

    def _proxy_likelihood(self, forward: ForwardPass, side: str, drawn: Tensor) -> Tensor:
        """Of the proxies as cases of their own bins, observed ones first; the mean over bags."""
        bins = torch.arange(self.config.bins).repeat(2)
        censored = torch.tensor([0, 1]).repeat_interleave(self.config.bins)
        layer = f"{BOTTLENECKS[side]}.decoder_logits"
        of_samples = F.linear(drawn, forward.weight(f"{layer}.weight"), forward.weight(f"{layer}.bias"))
        logits = of_samples.mean(2)  # [bags, proxies, bins]
        forward.see(f"{side}.proxyLogits", logits.flatten(0, 1))
        return torch.stack([nll_survival(of_bag, bins, censored, 0.5, 1e-7) for of_bag in logits]).mean()

    def _proxy_noise(self, forward: ForwardPass, side: str) -> Tensor:
        config = self.config
        bags = 1 if side == "omics" else config.sub_bags
        shape = (2 * config.bins, config.samples, config.width)
        if self._reseeds(forward):
            return forward.draw("noise", shape).expand(bags, *shape)
        return forward.draw(f"{side}.noise", (bags, *shape))

    def _joint_noise(self, forward: ForwardPass) -> Tensor:
        config = self.config
        if not self._reseeds(forward):
            return forward.draw("poe.noise", (config.sub_bags, config.samples, config.width))
        # The generator starts anew: the joint distribution gets what the first proxy got.
        noise = forward.draw("noise", (2 * config.bins, config.samples, config.width))
        return noise[:1].expand(config.sub_bags, -1, -1)

    def _orders(self, forward: ForwardPass, patches: int) -> list[Tensor]:
        last = 1 if self._reseeds(forward) else self.config.sub_bags
        numbers = [min(i, last) for i in range(self.config.sub_bags)]
        return [forward.draw(f"subBag.{i}.order", (patches,)) for i in numbers]

    def _reseeds(self, forward: ForwardPass) -> bool:
        return self.config.reseeds and not forward.training


def _divergence(mean: Tensor, deviation: Tensor) -> Tensor:
    """Mean over proxies of KL(N(μ, σ²) ‖ N(0, 1))."""
    of_proxy = deviation**2 + mean**2 - 1 - 2 * deviation.clamp(min=1e-8).log()
    return of_proxy.sum(1).mean() / 2


def open_backbone(config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> Pibd:
    """See concord_bridge.backbones.backbone.open_backbone."""
    return Pibd(PibdConfig.of(config), weights)
