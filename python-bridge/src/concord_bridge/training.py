"""A training on this side: TypeScript chooses cases and draws, each run steps in its own precision."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from concord_bridge.backbones.backbone import Case, open_backbone
from concord_bridge.bags import ignore
from concord_bridge.batch_loss import TapedCase, batch_loss
from concord_bridge.methods import method
from concord_bridge.modules.variants import module_variant
from concord_bridge.objective import Outcome, Protocol, l1_penalty, predict, survival_loss
from concord_bridge.optimizer import open_optimizer
from concord_bridge.reference_run import moved
from concord_bridge.tape import Tape

Named = dict[str, Tensor]

DTYPES = {"float32": torch.float32, "float64": torch.float64}


class TrainingRun:
    """A model and its optimizer in one precision.

    Args:
        params: what `training.open` was told.
        precision: `float32`, `float64`, or `float32.<k>`, whose weights start at most a last place away.
    """

    def __init__(self, params: Mapping[str, Any], precision: str) -> None:
        kind, _, jitter = precision.partition(".")
        self.dtype = DTYPES[kind]
        loaded = load_file(params["weights"])
        weights = {name: moved(value.to(self.dtype), int(jitter or 0)) for name, value in loaded.items()}
        frozen = set(params["frozen"])
        self.trained = {name: value for name, value in weights.items() if name not in frozen}
        self.protocol = Protocol.of(params["protocol"])
        self.model = open_backbone(params["backbone"], params["config"], weights, params["search"])
        self.module = module_variant(params["module"])
        self.optimizer = open_optimizer(self.protocol.optimizer, self.trained)

    def step(self, file: Named, batches: Sequence[Sequence[Mapping[str, Any]]], factor: float) -> list[float]:
        """One step; the objective of each batch. Weights stay as they are if one is not finite."""
        for weight in self.trained.values():
            weight.requires_grad_(True)
        total: Named = {}
        losses: list[float] = []
        numbers = itertools.count()
        for outcomes in batches:
            passes = [self._pass(file, next(numbers), outcome) for outcome in outcomes]
            loss = batch_loss(self.model, self.module, self.protocol, passes, "training")
            loss = loss / self.protocol.accumulate
            penalty = l1_penalty(self.protocol.l1, self.trained)
            if penalty is not None:
                loss = loss + penalty
            found = torch.autograd.grad(loss, list(self.trained.values()))
            for name, gradient in zip(self.trained, found, strict=True):
                total[name] = total[name] + gradient if name in total else gradient
            losses.append(loss.item())
        for weight in self.trained.values():
            weight.requires_grad_(False)
        if all(math.isfinite(loss) for loss in losses):
            self.optimizer.step(total, factor)
        return losses

    @torch.no_grad()
    def evaluate(self, file: Named, outcome: Mapping[str, Any]) -> dict[str, Any]:
        """Risk, hazards and the loss of one case by itself."""
        case, known, tape = self._pass(file, 0, outcome)
        output = self.model.forward(
            case, tape if tape and tape.draws else None, "evaluation", self.module, ignore
        )
        said = predict(self.protocol.loss, output.logits)
        return {
            "risk": said["risk"].item(),
            "loss": survival_loss(self.protocol.loss, output.logits, [known]).item(),
            **({"hazard": said["hazard"][0].tolist()} if "hazard" in said else {}),
        }

    def state(self) -> Named:
        """Weights and optimizer, by name."""
        weights = {f"weight/{name}": value.detach().clone() for name, value in self.trained.items()}
        return weights | {f"optimizer/{name}": value for name, value in self.optimizer.state().items()}

    @torch.no_grad()
    def restore(self, state: Named) -> None:
        """Go on from a state."""
        for name, weight in self.trained.items():
            weight.copy_(state[f"weight/{name}"])
        prefix = "optimizer/"
        self.optimizer.restore(
            {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}
        )

    def _pass(self, file: Named, number: int, outcome: Mapping[str, Any]) -> TapedCase:
        own = under(file, f"pass.{number}.")
        known = Outcome(outcome["bin"], outcome["censored"], outcome["months"])
        clusters = own.get("clusters")
        case = Case(
            own["genes"].to(self.dtype),
            own["patches"].to(self.dtype),
            None if clusters is None else clusters.long(),
            known.bin,
            known.censored,
        )
        return TapedCase(case, known, Tape(under(own, "draw."), under(own, "decision."), self.dtype, number))


def under(named: Mapping[str, Tensor], prefix: str) -> Named:
    """What lies under names that begin so, without that beginning."""
    return {name.removeprefix(prefix): value for name, value in named.items() if name.startswith(prefix)}


_sessions: dict[str, dict[str, TrainingRun]] = {}
_numbers = itertools.count()


@method("training.open")
def open_training(params: dict[str, Any]) -> dict[str, str]:
    """Open a model in each of the `precisions`, from the weights in a file."""
    torch.set_num_threads(params["threads"])
    session = str(next(_numbers))
    _sessions[session] = {precision: TrainingRun(params, precision) for precision in params["precisions"]}
    return {"session": session}


@method("training.step")
def step_training(params: dict[str, Any]) -> dict[str, list[float]]:
    """Take one step in every precision; the objective of each batch."""
    file = load_file(params["file"])
    return {
        precision: run.step(file, params["batches"], params["factor"])
        for precision, run in _sessions[params["session"]].items()
    }


@method("training.evaluate")
def evaluate_training(params: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What the model says of one case, in every precision."""
    file = load_file(params["file"])
    return {
        precision: run.evaluate(file, params["outcome"])
        for precision, run in _sessions[params["session"]].items()
    }


@method("training.save")
def save_training(params: dict[str, Any]) -> None:
    """Write weights and optimizers of every precision to a file."""
    runs = _sessions[params["session"]]
    save_file(
        {
            f"{precision}/{name}": value.contiguous()
            for precision, run in runs.items()
            for name, value in run.state().items()
        },
        Path(params["file"]),
    )


@method("training.load")
def load_training(params: dict[str, Any]) -> None:
    """Go on from what `training.save` wrote."""
    file = load_file(params["file"])
    for precision, run in _sessions[params["session"]].items():
        run.restore(under(file, f"{precision}/"))


@method("training.close")
def close_training(params: dict[str, Any]) -> None:
    """Forget a training."""
    _sessions.pop(params["session"], None)
