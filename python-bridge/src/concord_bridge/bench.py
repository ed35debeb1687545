"""A training step to be timed: our packed PyTorch, or the published class with its own optimiser."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from concord_bridge.backbones.backbone import Case
from concord_bridge.backbones.survpath import FEED_FORWARD_DROPOUT, SurvPath, SurvPathConfig
from concord_bridge.layers.pathway_networks import DROPOUT as PATHWAY_DROPOUT
from concord_bridge.loss import nll_survival
from concord_bridge.methods import method
from concord_bridge.state_dict import from_state_dict
from concord_bridge.tape import Tape

LEARNING_RATE = 5e-4
WEIGHT_DECAY = 1e-3
LAYERS = [
    *(f"sig_networks.*.{block}.0" for block in range(2)),
    "wsi_projection_net.0",
    "cross_attender.norm",
    "cross_attender.attn.to_qkv",
    "feed_forward.norm",
    "feed_forward.net.0",
    "feed_forward.net.3",
    "layer_norm",
    "to_logits.0",
    "to_logits.2",
]
LABEL = torch.tensor([1]), torch.tensor([0])


@dataclass
class Trainer:
    """A model, its optimiser, and one case."""

    forward: Callable[[], Tensor]
    """One training forward, its draws included: hazard logits [1, bins]."""
    loss: Callable[[Tensor], Tensor]
    """From logits to the loss of the case."""
    optimizer: torch.optim.Optimizer
    parameters: int

    def step(self) -> dict[str, float]:
        """One step on the case. Returns seconds of forward (with loss), backward and optimiser."""
        self.optimizer.zero_grad(set_to_none=True)
        start = time.perf_counter()
        loss = self.loss(self.forward())
        after_forward = time.perf_counter()
        loss.backward()
        after_backward = time.perf_counter()
        self.optimizer.step()
        end = time.perf_counter()
        return {
            "forward": after_forward - start,
            "backward": after_backward - after_forward,
            "optimiser": end - after_backward,
        }


_trainer: list[Trainer] = []


@method("bench.open")
def open_bench(params: dict[str, Any]) -> dict[str, int]:
    """Build the trainer `which`: `reference` or `published` (with `published`, the folder of checkouts)."""
    torch.manual_seed(params["seed"])
    config = params["config"]
    shapes = SurvPathConfig.of(config)
    genes = torch.rand(sum(shapes.pathway_sizes)) * 2 - 1
    case = Case(genes, torch.randn(params["patches"], shapes.patch_width))
    if params["which"] == "published":
        from concord_bridge.published.trainer import published_trainer

        trainer = published_trainer(Path(params["published"]), config, case)
    else:
        trainer = reference_trainer(shapes, case)
    _trainer[:] = [trainer]
    return {"parameters": trainer.parameters}


@method("bench.step")
def step_bench(params: dict[str, Any]) -> dict[str, float]:
    """Take one step; seconds of its parts."""
    return _trainer[0].step()


@method("bench.peak")
def peak(params: dict[str, Any]) -> dict[str, int]:
    """Largest resident memory in bytes since the last `bench.reset`, or of the whole process off Linux."""
    if sys.platform == "linux":
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return {"bytes": int(line.split()[1]) * 1024}
    return {"bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


@method("bench.reset")
def reset(params: dict[str, Any]) -> None:
    """Forget the peak so far, which building the model set."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5")


def reference_trainer(config: SurvPathConfig, case: Case) -> Trainer:
    """Packed pathway networks, and PyTorch's fused AdamW: as fast as plain PyTorch gets here."""
    weights = {name: value.requires_grad_(True) for name, value in torch_initial_weights(config).items()}
    model = SurvPath(config, weights)
    return Trainer(
        forward=lambda: model.forward(case, draw_tape(config, len(case.patches)), "training").logits,
        loss=lambda logits: nll_survival(logits, *LABEL),
        optimizer=torch.optim.AdamW(
            weights.values(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY, fused=True
        ),
        parameters=sum(weight.numel() for weight in weights.values()),
    )


def draw_tape(config: SurvPathConfig, patches: int) -> Tape:
    """Dropout masks drawn by PyTorch's own generator."""
    pathways, width = len(config.pathway_sizes), config.width

    def keep(p: float, *shape: int) -> Tensor:
        return torch.empty(shape).bernoulli_(1 - p)

    draws = {
        "pathways.0.dropout": keep(PATHWAY_DROPOUT, pathways, width),
        "pathways.1.dropout": keep(PATHWAY_DROPOUT, pathways, width),
        "feedForward.dropout": keep(FEED_FORWARD_DROPOUT, pathways + patches, width // 2),
    }
    return Tape(draws, dtype=torch.float32)


def torch_initial_weights(config: SurvPathConfig) -> dict[str, Tensor]:
    """torch's own initial weights of every layer, packed."""
    state: dict[str, Tensor] = {}

    def add(name: str, layer: torch.nn.Module) -> None:
        state.update({f"{name}.{part}": value.detach() for part, value in layer.named_parameters()})

    half = config.width // 2
    for i, genes in enumerate(config.pathway_sizes):
        add(f"sig_networks.{i}.0.0", torch.nn.Linear(genes, config.width))
        add(f"sig_networks.{i}.1.0", torch.nn.Linear(config.width, config.width))
    add("wsi_projection_net.0", torch.nn.Linear(config.patch_width, config.width))
    add("cross_attender.norm", torch.nn.LayerNorm(config.width))
    add("cross_attender.attn.to_qkv", torch.nn.Linear(config.width, 3 * half, bias=False))
    add("feed_forward.norm", torch.nn.LayerNorm(half))
    add("feed_forward.net.0", torch.nn.Linear(half, half))
    add("feed_forward.net.3", torch.nn.Linear(half, half))
    add("layer_norm", torch.nn.LayerNorm(half))
    add("to_logits.0", torch.nn.Linear(config.width, config.width // 4))
    add("to_logits.2", torch.nn.Linear(config.width // 4, config.bins))
    return from_state_dict(
        state, [f"{layer}.{part}" for layer in LAYERS for part in ("weight", "bias")], config.ragged
    )
