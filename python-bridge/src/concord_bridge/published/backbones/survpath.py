"""The published SurvPath class as a model under our names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from concord_bridge.backbones.backbone import Output
from concord_bridge.backbones.survpath import SurvPathConfig
from concord_bridge.backbones.survpath_state_dict import PUBLISHED_NAMES, from_state_dict, to_state_dict
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.published.checkout import SURVPATH, find_checkout, load_module
from concord_bridge.published.feed import feeding
from concord_bridge.tape import Tape

TAPPED = {
    "patches": "patches.linear",
    "attention.norm": "attention.norm",
    "feedForward.norm": "feedForward.norm",
    "feedForward.hidden": "feedForward.hidden",
    "feedForward.out": "feedForward.out",
    "norm": "norm",
    "head.hidden": "head.hidden",
    "head.out": "logits",
}
"""Layer whose output a hook can see: name of that intermediate."""


class PublishedSurvPath:
    """An instance of the published class with our weights, whose draws come from our tape."""

    def __init__(
        self, folder: Path, config: SurvPathConfig, weights: Mapping[str, Tensor] | None = None
    ) -> None:
        root = find_checkout(folder, SURVPATH)
        self.config = config
        self.model: Any = load_module(root, SURVPATH.landmark).SurvPath(
            omic_sizes=list(config.pathway_sizes),
            wsi_embedding_dim=config.patch_width,
            num_classes=config.bins,
            wsi_projection_dim=config.width,
        )
        if weights is not None:
            self.model.load_state_dict(to_state_dict(weights, config.pathway_sizes))
        self._radam: Any = load_module(root, "custom_optims/radam.py").RAdam
        self._losses: Any = load_module(root, "utils/loss_func.py")

    def forward(
        self, genes: Tensor, patches: Tensor, tape: Tape | None, mode: Mode, tap: Tap = ignore
    ) -> Output:
        """See PublishedBackbone."""
        self.model.train(mode == "training")
        inputs = {
            f"x_omic{i + 1}": part for i, part in enumerate(genes.split(list(self.config.pathway_sizes)))
        }
        hooks = [] if tap is ignore else self._hook(tap)
        try:
            if tape is None:
                return Output(self.model(x_path=patches[None], return_attn=False, **inputs))
            with feeding(self._draws(tape)):
                return Output(self.model(x_path=patches[None], return_attn=False, **inputs))
        finally:
            for hook in hooks:
                hook.remove()

    def loss(self, logits: Tensor, bins: Tensor, censored: Tensor, alpha: float, eps: float) -> Tensor:
        """The published likelihood of cases [cases, bins], summed."""
        return self._losses.NLLSurvLoss(alpha=alpha, eps=eps)(h=logits, y=bins, t=None, c=censored)

    def optimizer(self, options: Mapping[str, Any]) -> torch.optim.Optimizer:
        """See PublishedBackbone."""
        return self._radam(
            self.model.parameters(),
            lr=options["lr"],
            betas=tuple(options["betas"]),
            eps=options["eps"],
            weight_decay=options["weightDecay"],
        )

    def weights(self) -> dict[str, Tensor]:
        """Weights under the packed names."""
        return from_state_dict(self.model.state_dict(), len(self.config.pathway_sizes))

    def gradients(self) -> dict[str, Tensor]:
        """Gradients under the packed names."""
        found = {name: value.grad for name, value in self.model.named_parameters() if value.grad is not None}
        return from_state_dict(found, len(self.config.pathway_sizes))

    def _draws(self, tape: Tape) -> list[Tensor]:
        """The class drops out pathway by pathway, both layers of each; then in the feed-forward."""
        first, second = tape.read("pathways.0.dropout"), tape.read("pathways.1.dropout")
        pathways = [row for pair in zip(first, second, strict=True) for row in pair]
        return [*pathways, tape.read("feedForward.dropout")[None]]

    def _hook(self, tap: Tap) -> list[Any]:
        modules = dict(self.model.named_modules())

        def seen(name: str) -> Any:
            return lambda _module, _inputs, output: tap(name, output.reshape(-1, output.shape[-1]))

        watched = {PUBLISHED_NAMES[layer]: name for layer, name in TAPPED.items()}
        watched["cross_attender.attn"] = "attention.out"
        return [modules[path].register_forward_hook(seen(name)) for path, name in watched.items()]


def open_published(
    folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor]
) -> PublishedSurvPath:
    """See concord_bridge.published.backbones.backbone.open_published."""
    return PublishedSurvPath(folder, SurvPathConfig.of(config), weights)
