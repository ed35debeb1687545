"""MMP with its Transformer in plain PyTorch, the networks of pathways and tokens packed into few tensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output
from concord_bridge.backbones.plug_in import plug_in
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.layers.forward_pass import ForwardPass
from concord_bridge.layers.panther import panther_tokens
from concord_bridge.layers.pathway_networks import pathway_networks
from concord_bridge.modules.module import BagModule
from concord_bridge.tape import Tape

FEED_FORWARD_DROPOUT = 0.1


@dataclass(frozen=True)
class MmpConfig:
    """What fixes the shapes, and the numbers that the published configuration fixes."""

    pathway_sizes: tuple[int, ...]
    prototypes: int
    softmax: str
    """`double` as published: scores for pathways are softmaxed before all scores are; or `single`."""
    tau: float
    """Weight of PANTHER's prior, in patches."""
    variance: float
    """Its variance."""

    @staticmethod
    def of(config: Mapping[str, Any]) -> MmpConfig:
        """From the form in which TypeScript sends it."""
        if config["softmax"] not in ("double", "single"):
            raise ValueError(f"mmp: unknown softmax {config['softmax']!r}; there are: double, single")
        return MmpConfig(
            tuple(config["pathwaySizes"]),
            config["prototypes"],
            config["softmax"],
            config["tau"],
            config["variance"],
        )


class Mmp:
    """Pathway tokens and prototype tokens meet in one attention of everything with everything.

    Args:
        config: the shapes.
        weights: by the names that TypeScript uses too; torch layouts. Borrowed, not copied.

    Source: mahmoodlab/MMP@5878b84, src/mil_models/model_multimodal.py, `coattn`.
    """

    def __init__(self, config: MmpConfig, weights: Mapping[str, Tensor]) -> None:
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
        """See concord_bridge.backbones.backbone.Backbone.forward."""
        config = self.config
        forward = ForwardPass("mmp", self.weights, tape, mode, tap)
        pathways = pathway_networks(forward, case.genes, config.pathway_sizes)  # [pathways, width]
        variance = config.variance * F.softplus(forward.weight("panther.priors.V_"))
        summary = panther_tokens(case.patches, forward.weight("panther.priors.m"), variance, config.tau, tap)
        prototypes = forward.linear("path_proj_net.0", summary, "prototypes.linear")  # [prototypes, width]
        # The plug-in point: after both projections, before embeddings are appended.
        pathways, prototypes = plug_in(pathways, prototypes, module, tape, mode, tap)
        pathways = torch.cat([pathways, forward.weight("gene_embedding")[0]], 1)
        prototypes = torch.cat([prototypes, forward.weight("histo_embedding")[0]], 1)

        tokens = forward.layer_norm("coattn.0.norm", torch.cat([pathways, prototypes]), "attention.norm")
        attended = forward.see("attention.out", self._attention(forward, tokens))  # [tokens, half]
        hidden = self._feed_forwards(forward, attended)
        embedding = forward.layer_norm("coattn.2", hidden, "norm")
        count = len(config.pathway_sizes)
        pooled = torch.cat([embedding[:count].mean(0), embedding[count:].mean(0)])[None]
        # Not shown to the tap: a log-risk has no zero to measure it from; its risk is shown.
        return Output(F.linear(forward.see("pooled", pooled), forward.weight("classifier.weight")))

    def _attention(self, forward: ForwardPass, tokens: Tensor) -> Tensor:
        count = len(self.config.pathway_sizes)
        query, key, value = forward.linear("coattn.0.attn.to_qkv", tokens, "attention.qkv").chunk(3, dim=1)
        scores = query * query.shape[1] ** -0.5 @ key.T
        pathway_scores, patch_scores = scores[:count], scores[count:]
        pathway_weights = pathway_scores.softmax(1)
        for_pathways, for_patches = patch_scores[:, :count], patch_scores[:, count:]
        if self.config.softmax == "double":
            for_pathways = for_pathways.softmax(1)
        patch_weights = torch.cat([for_pathways, for_patches], 1).softmax(1)
        for name, tensor in (
            ("pathwayScores", pathway_scores),
            ("pathwayWeights", pathway_weights),
            ("patchScores", patch_scores),
            ("patchWeights", patch_weights),
        ):
            forward.see(f"attention.{name}", tensor)
        return torch.cat([pathway_weights, patch_weights]) @ value

    def _feed_forwards(self, forward: ForwardPass, tokens: Tensor) -> Tensor:
        def weight(name: str) -> Tensor:
            return forward.weight(f"coattn.1.net.*.{name}")

        def linear(name: str, values: Tensor) -> Tensor:
            return torch.einsum("ti,toi->to", values, weight(f"{name}.weight")) + weight(f"{name}.bias")

        normal = F.layer_norm(tokens, tokens.shape[-1:]) * weight("norm.weight") + weight("norm.bias")
        hidden = forward.see("feedForward.hidden", linear("net.0", forward.see("feedForward.norm", normal)))
        activated = forward.see("feedForward.gelu", F.gelu(hidden))
        dropped = forward.dropout("feedForward.dropout", activated, FEED_FORWARD_DROPOUT)
        return forward.see("feedForward.out", linear("net.3", dropped))


def open_backbone(config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> Mmp:
    """See concord_bridge.backbones.backbone.open_backbone."""
    return Mmp(MmpConfig.of(config), weights)
