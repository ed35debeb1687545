"""One subject of parity on this side: the same stages as TypeScript's, in the precision asked for."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from concord_bridge.backbones.backbone import open_backbone
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.loss import nll_survival, predict_survival
from concord_bridge.methods import method
from concord_bridge.modules.variants import module_variant
from concord_bridge.radam import RAdam
from concord_bridge.tape import Tape

Named = dict[str, Tensor]


@dataclass(frozen=True)
class Subject:
    """What `parity.open` was told, and where its files lie."""

    directory: Path
    backbone: str
    config: dict[str, Any]
    search: list[str]
    """Folders of backbones that live outside python-bridge."""
    module: str
    optimizer: dict[str, Any]
    loss: dict[str, float]
    cases: list[dict[str, int]]
    published: Path | None

    def weights(self, dtype: torch.dtype) -> Named:
        """Initial weights, by the packed names."""
        return {
            name: value.to(dtype) for name, value in load_file(self.directory / "weights.safetensors").items()
        }

    def case(self, index: int, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """Genes and patches of one case."""
        with safe_open(self.directory / "inputs.safetensors", "pt") as inputs:
            found = [inputs.get_tensor(f"case.{index}.{part}").to(dtype) for part in ("genes", "patches")]
        for part, values in zip(("genes", "patches"), found, strict=True):
            if not values.isfinite().all():
                raise ValueError(f"case {index}: {part} hold NaN or infinity")
        return found[0], found[1]

    def tape(self, step: int, dtype: torch.dtype) -> Tape:
        """The draws of one step, with TypeScript's decisions if it has taken any."""
        decisions = self.directory / "decisions.safetensors"
        taken = by_step(decisions) if decisions.exists() else {}
        return Tape(self._draws[step], taken.get(step), dtype, step)

    def label(self, index: int) -> tuple[Tensor, Tensor]:
        """Time bin and censorship of one case."""
        case = self.cases[index]
        return torch.tensor([case["bin"]]), torch.tensor([case["censored"]])

    @cached_property
    def _draws(self) -> dict[int, Named]:
        return by_step(self.directory / "tape.safetensors")


def by_step(path: Path) -> dict[int, Named]:
    """Tensors named `step.<k>.<name>`, by step and name."""
    steps: dict[int, Named] = {}
    for key, tensor in load_file(path).items():
        _, step, name = key.split(".", 2)
        steps.setdefault(int(step), {})[name] = tensor
    return steps


class Run(Protocol):
    """A subject in one precision, or as published."""

    def evaluation(self) -> Named:
        """Every intermediate of the first case's evaluation."""
        ...

    def training(self) -> Named:
        """Every intermediate of the first training step, and `grad.<weight>` of every weight."""
        ...

    def steps(self, up_to: int) -> Named:
        """All weights after `up_to` optimiser steps, and the loss of each as `losses`."""
        ...

    def risks(self) -> Named:
        """The risk of every case, with the weights as they are."""
        ...


class ReferenceRun:
    """Our own PyTorch."""

    def __init__(self, subject: Subject, dtype: torch.dtype, jitter: int = 0) -> None:
        self.subject = subject
        self.dtype = dtype
        self.weights = {name: moved(value, jitter) for name, value in subject.weights(dtype).items()}
        self.model = open_backbone(subject.backbone, subject.config, self.weights, subject.search)
        self.module = module_variant(subject.module)
        self.losses: list[Tensor] = []
        options = subject.optimizer
        self.optimizer = RAdam(
            self.weights, options["lr"], options["weightDecay"], tuple(options["betas"]), options["eps"]
        )

    def evaluation(self) -> Named:
        """See Run."""
        taps: Named = {}
        with torch.no_grad():
            self._loss(0, None, "evaluation", taps.__setitem__)
        return taps

    def training(self) -> Named:
        """See Run."""
        taps: Named = {}
        gradients, _ = self._gradients(0, lambda name, tensor: taps.__setitem__(name, tensor.detach()))
        return taps | {f"grad.{name}": gradient for name, gradient in gradients.items()}

    def steps(self, up_to: int) -> Named:
        """See Run."""
        while self.optimizer.steps < up_to:
            gradients, loss = self._gradients(self.optimizer.steps, ignore)
            self.optimizer.step(gradients)
            self.losses.append(loss)
        losses = {"losses": torch.stack(self.losses)}
        return losses | {name: weight.detach() for name, weight in self.weights.items()}

    def risks(self) -> Named:
        """See Run."""
        risks = []
        with torch.no_grad():
            for index in range(len(self.subject.cases)):
                genes, patches = self.subject.case(index, self.dtype)
                output = self.model.forward(genes, patches, None, "evaluation", self.module, ignore)
                risks.append(predict_survival(output.logits).risk)
        return {"risks": torch.cat(risks)}

    def _gradients(self, step: int, tap: Tap) -> tuple[Named, Tensor]:
        for weight in self.weights.values():
            weight.requires_grad_(True)
        tape = self.subject.tape(step, self.dtype)
        loss = self._loss(step % len(self.subject.cases), tape, "training", tap)
        found = torch.autograd.grad(loss, list(self.weights.values()))
        for weight in self.weights.values():
            weight.requires_grad_(False)
        return dict(zip(self.weights, found, strict=True)), loss.detach()

    def _loss(self, index: int, tape: Tape | None, mode: Mode, tap: Tap) -> Tensor:
        genes, patches = self.subject.case(index, self.dtype)
        logits, auxiliary = self.model.forward(genes, patches, tape, mode, self.module, tap)
        likelihood = nll_survival(logits, *self.subject.label(index), **self.subject.loss)
        return tap_loss(logits, likelihood, auxiliary, tap)


class SpreadRun:
    """float32 in several runs, whose largest error is the yardstick.

    Dividing by √v, the optimiser turns last-place noise in the gradient of a nearly dead unit into visible
    steps, so that after a while the error of a single run is a matter of luck. The first run starts from the
    weights as they are, the others from weights moved by at most one unit in the last place.

    Args:
        exact: the float64 run, which has to take each stage first.
    """

    def __init__(self, subject: Subject, exact: ReferenceRun) -> None:
        self.exact = exact
        self.runs = [ReferenceRun(subject, torch.float32, jitter) for jitter in range(SPREAD)]

    def evaluation(self) -> Named:
        """See Run; one run is enough before any step."""
        return self.runs[0].evaluation()

    def training(self) -> Named:
        """See Run; one run is enough before any step."""
        return self.runs[0].training()

    def steps(self, up_to: int) -> Named:
        """Each number from the run in which it is farthest from float64."""
        return farthest(self.exact.steps(up_to), [run.steps(up_to) for run in self.runs])

    def risks(self) -> Named:
        """Each number from the run in which it is farthest from float64."""
        return farthest(self.exact.risks(), [run.risks() for run in self.runs])


SMALL = 4_000_000
"""Weights of a model that is faster on one core."""

SPREAD = 3
"""Float32 runs that make the yardstick."""


def moved(value: Tensor, jitter: int) -> Tensor:
    """Each number moved up, down or not at all by one unit in the last place; not at all for jitter 0."""
    if jitter == 0:
        return value
    generator = torch.Generator().manual_seed(jitter)
    direction = torch.randint(-1, 2, value.shape, generator=generator).to(value.dtype)
    return torch.nextafter(value, value + direction)


def farthest(exact: Named, runs: list[Named]) -> Named:
    """Of several runs' numbers, each the one farthest from the exact one."""
    found = dict(runs[0])
    for run in runs[1:]:
        for name, value in run.items():
            further = (value - exact[name]).abs() > (found[name] - exact[name]).abs()
            found[name] = torch.where(further, value, found[name])
    return found


def tap_loss(logits: Tensor, likelihood: Tensor, auxiliary: Tensor | None, tap: Tap) -> Tensor:
    """The loss of one case; it and the prediction are shown to the tap."""
    for name, tensor in predict_survival(logits)._asdict().items():
        tap(name, tensor)
    loss = likelihood
    if auxiliary is not None:
        tap("likelihood", likelihood)
        tap("auxiliary", auxiliary)
        loss = likelihood + auxiliary
    tap("loss", loss)
    return loss


@dataclass
class Session:
    """An open subject and its runs so far, one for each precision."""

    subject: Subject
    runs: dict[str, Run]


_sessions: dict[str, Session] = {}
_numbers = itertools.count()


@method("parity.open")
def open_parity(params: dict[str, Any]) -> dict[str, str]:
    """Open a subject whose weights, inputs and tape lie in `dir`."""
    subject = Subject(
        directory=Path(params["dir"]),
        backbone=params["backbone"],
        config=params["config"],
        search=params.get("search", []),
        module=params["module"]["name"],
        optimizer=params["optimizer"],
        loss=params["loss"],
        cases=params["cases"],
        published=Path(params["published"]) if params.get("published") else None,
    )
    module_variant(subject.module)
    # TypeScript computes at the same time; a small model is faster on one core than on two it has to share.
    values = sum(weight.numel() for weight in subject.weights(torch.float32).values())
    torch.set_num_threads(1 if values < SMALL else os.cpu_count() or 1)
    session = str(next(_numbers))
    _sessions[session] = Session(subject, {})
    return {"session": session}


@method("parity.stage")
def run_stage(params: dict[str, Any]) -> dict[str, str]:
    """Run one stage in each of the `precisions` and write its tensors to files, whose paths are returned."""
    session = _sessions[params["session"]]
    return {precision: _take(session, precision, params) for precision in params["precisions"]}


def _take(session: Session, precision: str, params: dict[str, Any]) -> str:
    if precision not in session.runs:
        session.runs[precision] = _start(session, precision)
    run = session.runs[precision]
    stage = params["stage"]
    stages: dict[str, Callable[[], Named]] = {
        "evaluation": run.evaluation,
        "training": run.training,
        "steps": lambda: run.steps(params["upTo"]),
        "risks": run.risks,
    }
    if stage not in stages:
        raise ValueError(f"unknown stage {stage!r}; there are: {', '.join(stages)}")
    tensors = {name: tensor.contiguous() for name, tensor in stages[stage]().items()}
    path = session.subject.directory / f"{stage}.{precision}.safetensors"
    save_file(_apart(tensors), path)
    return str(path)


@method("parity.close")
def close_parity(params: dict[str, Any]) -> None:
    """Forget a subject."""
    _sessions.pop(params["session"], None)


def _start(session: Session, precision: str) -> Run:
    subject = session.subject
    if precision == "published":
        from concord_bridge.published.run import published_run

        return published_run(subject)
    if precision == "float32":
        exact = session.runs.setdefault("float64", _start(session, "float64"))
        assert isinstance(exact, ReferenceRun)
        return SpreadRun(subject, exact)
    return ReferenceRun(subject, torch.float64)


def _apart(tensors: Named) -> Named:
    """Tensors that share no memory, which the file format demands."""
    seen: set[int] = set()
    apart = {}
    for name, tensor in tensors.items():
        apart[name] = tensor.clone() if tensor.data_ptr() in seen else tensor
        seen.add(tensor.data_ptr())
    return apart
