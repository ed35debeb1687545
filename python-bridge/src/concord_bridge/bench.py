"""A training step to be timed: our packed PyTorch, or the published class with its own optimiser."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from concord_bridge.backbones.backbone import Case, Output, open_backbone
from concord_bridge.bags import ignore
from concord_bridge.methods import method
from concord_bridge.objective import Outcome, Protocol, l1_penalty, survival_loss
from concord_bridge.optimizer import fused_optimizer
from concord_bridge.tape import Tape

OUTCOME = Outcome(bin=1, censored=0, months=12.0)


@dataclass
class Trainer:
    """A model, its optimiser, and one case."""

    forward: Callable[[], Output]
    """One training forward, its draws included."""
    loss: Callable[[Output], Tensor]
    """From the output to everything that the step minimises."""
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


@dataclass
class Bench:
    """The open trainer, and what the process held before it was built."""

    trainer: Trainer
    libraries: int


_bench: list[Bench] = []


@method("bench.open")
def open_bench(params: dict[str, Any]) -> dict[str, int]:
    """Build the trainer `which`: `reference` or `published` (with `published`, the folder of checkouts)."""
    torch.manual_seed(params["seed"])
    libraries = memory_of("VmRSS")
    patches = params["patches"]
    case = Case(
        genes=torch.rand(params["genes"]) * 2 - 1,
        patches=torch.randn(patches, params["patchWidth"]),
        clusters=torch.arange(patches) % params["clusters"],
        bin=OUTCOME.bin,
        censored=OUTCOME.censored,
    )
    if params["which"] == "published":
        from concord_bridge.published.trainer import published_trainer

        trainer = published_trainer(params, case)
    else:
        trainer = reference_trainer(params, case)
    _bench[:] = [Bench(trainer, libraries)]
    return {"parameters": trainer.parameters}


@method("bench.step")
def step_bench(params: dict[str, Any]) -> dict[str, float]:
    """Take one step; seconds of its parts."""
    return _bench[0].trainer.step()


@method("bench.memory")
def memory(params: dict[str, Any]) -> dict[str, int]:
    """Largest resident memory in bytes since the last `bench.reset`, and that before the model was built."""
    return {"peak": memory_of("VmHWM"), "libraries": _bench[0].libraries}


@method("bench.reset")
def reset(params: dict[str, Any]) -> None:
    """Forget the peak so far, which building the model set."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5")


def memory_of(field: str) -> int:
    """Bytes of a field of the process's status; off Linux the largest ever resident."""
    if sys.platform == "linux":
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def reference_trainer(params: Mapping[str, Any], case: Case) -> Trainer:
    """Our PyTorch with torch's fused optimiser: as fast as plain PyTorch gets here."""
    protocol = Protocol.of(params["protocol"])
    weights = load_file(params["weights"])
    trained = {name: value for name, value in weights.items() if name not in params["frozen"]}
    for value in trained.values():
        value.requires_grad_(True)
    model = open_backbone(params["backbone"], params["config"], weights, params["search"])

    def loss(output: Output) -> Tensor:
        total = survival_loss(protocol.loss, output.logits, [OUTCOME])
        if output.auxiliary is not None:
            total = total + output.auxiliary
        penalty = l1_penalty(protocol.l1, trained)
        return total if penalty is None else total + penalty

    return Trainer(
        forward=lambda: model.forward(case, draw_tape(params["draws"]), "training", None, ignore),
        loss=loss,
        optimizer=fused_optimizer(protocol.optimizer, list(trained.values())),
        parameters=sum(weight.numel() for weight in weights.values()),
    )


def draw_tape(draws: Sequence[Mapping[str, Any]]) -> Tape:
    """The draws of a step, drawn by PyTorch's own generator."""
    return Tape({draw["name"]: drawn(draw) for draw in draws}, dtype=torch.float32)


def drawn(draw: Mapping[str, Any]) -> Tensor:
    """One draw. Raises ValueError for a kind that is not known."""
    shape, kind = draw["shape"], draw["kind"]
    if kind == "keep":
        return torch.empty(shape).bernoulli_(1 - draw["p"])
    if kind == "uniform":
        return torch.rand(shape)
    if kind == "normal":
        return torch.randn(shape)
    if kind == "beta":
        return torch.distributions.Beta(draw["alpha"], draw["alpha"]).sample(shape)
    if kind == "permutation":
        return torch.randperm(shape[0])
    if kind == "index":
        return torch.randint(draw["below"], (1,))
    raise ValueError(f"unknown kind of draw {kind!r}")
