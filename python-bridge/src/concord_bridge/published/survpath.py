"""The published SurvPath class as a model under our names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from concord_bridge.bags import Mode, Tap
from concord_bridge.published.checkout import SURVPATH, find_checkout, load_module
from concord_bridge.published.feed import feeding
from concord_bridge.state_dict import PUBLISHED_NAMES, from_state_dict, to_state_dict
from concord_bridge.survpath import SurvPathConfig
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
        self, folder: Path, config: SurvPathConfig, weights: dict[str, Tensor] | None = None
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
        self.radam: Any = load_module(root, "custom_optims/radam.py").RAdam
        self._losses: Any = load_module(root, "utils/loss_func.py")

    def forward(
        self, genes: Tensor, patches: Tensor, tape: Tape | None, mode: Mode, tap: Tap | None = None
    ) -> Tensor:
        """Logits [1, bins] of one case; see concord_bridge.survpath.SurvPath.forward."""
        self.model.train(mode == "training")
        inputs = {
            f"x_omic{i + 1}": part for i, part in enumerate(genes.split(list(self.config.pathway_sizes)))
        }
        hooks = self._hook(tap) if tap else []
        try:
            if tape is None:
                return self.model(x_path=patches[None], return_attn=False, **inputs)
            with feeding(self._draws(tape)):
                return self.model(x_path=patches[None], return_attn=False, **inputs)
        finally:
            for hook in hooks:
                hook.remove()

    def loss(self, logits: Tensor, bins: Tensor, censored: Tensor, alpha: float, eps: float) -> Tensor:
        """The published likelihood of cases [cases, bins], summed."""
        return self._losses.NLLSurvLoss(alpha=alpha, eps=eps)(h=logits, y=bins, t=None, c=censored)

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
