"""One subject of parity on this side: the same stages as TypeScript's, in the precision asked for."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from typing import Protocol as Interface

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from concord_bridge.backbones.backbone import Case, open_backbone
from concord_bridge.bags import Mode, Tap, ignore
from concord_bridge.batch_loss import TapedCase, batch_loss
from concord_bridge.methods import method
from concord_bridge.modules.variants import module_variant
from concord_bridge.objective import Outcome, Protocol, l1_penalty, predict
from concord_bridge.optimizer import open_optimizer
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
    protocol: Protocol
    frozen: list[str]
    """Weights that training leaves alone."""
    ragged: dict[str, list[int]]
    """See concord_bridge.state_dict."""
    outcomes: list[Outcome]
    published: Path | None

    def weights(self, dtype: torch.dtype) -> Named:
        """Initial weights, by the packed names."""
        return {
            name: value.to(dtype) for name, value in load_file(self.directory / "weights.safetensors").items()
        }

    def case(self, index: int, dtype: torch.dtype) -> Case:
        """One case."""
        with safe_open(self.directory / "inputs.safetensors", "pt") as inputs:
            keys = set(inputs.keys())
            genes, patches = (
                inputs.get_tensor(f"case.{index}.{part}").to(dtype) for part in ("genes", "patches")
            )
            clusters = f"case.{index}.clusters"
            found = inputs.get_tensor(clusters).long() if clusters in keys else None
        for part, values in (("genes", genes), ("patches", patches)):
            if not values.isfinite().all():
                raise ValueError(f"case {index}: {part} hold NaN or infinity")
        outcome = self.outcomes[index]
        return Case(genes, patches, found, outcome.bin, outcome.censored)

    def case_of(self, number: int) -> int:
        """Which case the forward pass of this number sees."""
        return number % len(self.outcomes)

    def tape(self, step: int, dtype: torch.dtype) -> Tape:
        """The draws of one forward pass in training, with TypeScript's decisions if it has taken any."""
        return Tape(self._draws[step], self._decided("training").get(step), dtype, step)

    def evaluation_tape(self, index: int, dtype: torch.dtype) -> Tape | None:
        """The draws of one case's evaluation, likewise; None for a backbone that draws nothing then."""
        if index not in self._evaluation_draws:
            return None
        return Tape(self._evaluation_draws[index], self._decided("evaluation").get(index), dtype, index)

    def tape_of(self, number: int, mode: Mode, dtype: torch.dtype) -> Tape | None:
        """The draws of the forward pass of this number."""
        if mode == "training":
            return self.tape(number, dtype)
        return self.evaluation_tape(self.case_of(number), dtype)

    def _decided(self, kind: str) -> dict[int, Named]:
        decisions = self.directory / f"{kind}.decisions.safetensors"
        return by_step(decisions) if decisions.exists() else {}

    @cached_property
    def _draws(self) -> dict[int, Named]:
        return by_step(self.directory / "training.tape.safetensors")

    @cached_property
    def _evaluation_draws(self) -> dict[int, Named]:
        return by_step(self.directory / "evaluation.tape.safetensors")


def by_step(path: Path) -> dict[int, Named]:
    """Tensors named `step.<k>.<name>`, by step and name."""
    steps: dict[int, Named] = {}
    for key, tensor in load_file(path).items():
        _, step, name = key.split(".", 2)
        steps.setdefault(int(step), {})[name] = tensor
    return steps


class Run(Interface):
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
        self.trained = {name: value for name, value in self.weights.items() if name not in subject.frozen}
        self.model = open_backbone(subject.backbone, subject.config, self.weights, subject.search)
        self.module = module_variant(subject.module)
        self.losses: list[Tensor] = []
        self.optimizer = open_optimizer(subject.protocol.optimizer, self.trained)

    def evaluation(self) -> Named:
        """See Run."""
        taps: Named = {}
        with torch.no_grad():
            self._loss([0], "evaluation", taps.__setitem__)
        return taps

    def training(self) -> Named:
        """See Run."""
        taps: Named = {}
        gradients, _ = self._gradients(0, lambda name, tensor: taps.__setitem__(name, tensor.detach()))
        return taps | {f"grad.{name}": gradient for name, gradient in gradients.items()}

    def steps(self, up_to: int) -> Named:
        """See Run."""
        while len(self.losses) < up_to:
            gradients, loss = self._gradients(len(self.losses), ignore)
            self.optimizer.step(gradients)
            self.losses.append(loss)
        losses = {"losses": torch.stack(self.losses)}
        return losses | {name: weight.detach() for name, weight in self.trained.items()}

    def risks(self) -> Named:
        """See Run."""
        risks = []
        with torch.no_grad():
            for index in range(len(self.subject.outcomes)):
                case = self.subject.case(index, self.dtype)
                tape = self.subject.evaluation_tape(index, self.dtype)
                output = self.model.forward(case, tape, "evaluation", self.module, ignore)
                risks.append(predict(self.subject.protocol.loss, output.logits)["risk"])
        return {"risks": torch.cat(risks)}

    def _gradients(self, step: int, tap: Tap) -> tuple[Named, Tensor]:
        """Of the losses of a step, added up; the tap sees the first one."""
        for weight in self.trained.values():
            weight.requires_grad_(True)
        total: Named = {}
        losses = []
        for numbers in self.subject.protocol.batches(step):
            first = not losses
            loss = self._loss(numbers, "training", tap if first else ignore)
            loss = loss / self.subject.protocol.accumulate
            penalty = l1_penalty(self.subject.protocol.l1, self.trained)
            if penalty is not None:
                loss = loss + penalty
            if first:
                tap("loss", loss)
            found = torch.autograd.grad(loss, list(self.trained.values()))
            for name, gradient in zip(self.trained, found, strict=True):
                total[name] = total[name] + gradient if name in total else gradient
            losses.append(loss.detach())
        for weight in self.trained.values():
            weight.requires_grad_(False)
        return total, torch.stack(losses).sum()

    def _loss(self, numbers: Sequence[int], mode: Mode, tap: Tap) -> Tensor:
        """Of one batch of forward passes, before it is divided and penalised; the tap sees the first pass."""
        passes = [
            TapedCase(
                self.subject.case(index, self.dtype),
                self.subject.outcomes[index],
                self.subject.tape_of(number, mode, self.dtype),
            )
            for number in numbers
            for index in (self.subject.case_of(number),)
        ]
        return batch_loss(self.model, self.module, self.subject.protocol, passes, mode, tap)


class SpreadRun:
    """float32 in several runs, whose largest error is the yardstick.

    Dividing by √v, the optimiser turns last-place noise in the gradient of a nearly dead unit into visible
    steps, so that after a while the error of a single run is a matter of luck. The first run starts from the
    weights as they are, the others from weights moved by at most one unit in the last place.

    Args:
        exact: the float64 run, which has to take each stage first.
    """

    def __init__(self, subject: Subject, exact: ReferenceRun) -> None:
        self.subject = subject
        self.exact = exact
        self.runs: list[ReferenceRun] = []
        self.widen(SPREAD)

    def widen(self, count: int) -> None:
        """Let the yardstick be the largest error of at least so many runs; new ones start anew."""
        for jitter in range(len(self.runs), count):
            self.runs.append(ReferenceRun(self.subject, torch.float32, jitter))

    def evaluation(self) -> Named:
        """See Run; one run is enough before any step, unless more were asked for."""
        if len(self.runs) <= SPREAD:
            return self.runs[0].evaluation()
        return farthest(self.exact.evaluation(), [run.evaluation() for run in self.runs])

    def training(self) -> Named:
        """See Run; one run is enough before any step, unless more were asked for."""
        if len(self.runs) <= SPREAD:
            return self.runs[0].training()
        return farthest(self.exact.training(), [run.training() for run in self.runs])

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
            if not value.is_floating_point():
                continue
            further = (value - exact[name]).abs() > (found[name] - exact[name]).abs()
            found[name] = torch.where(further, value, found[name])
    return found


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
        protocol=Protocol.of(params["protocol"]),
        frozen=params.get("frozen", []),
        ragged=params.get("ragged", {}),
        outcomes=[Outcome(one["bin"], one["censored"], one["months"]) for one in params["cases"]],
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
    runs = params.get("runs", 0)
    if runs and isinstance(run, SpreadRun):
        run.widen(runs)
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
    path = session.subject.directory / f"{stage}.{precision}.{runs}.safetensors"
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
        memory = tensor.untyped_storage().data_ptr()
        apart[name] = tensor.clone() if memory in seen else tensor
        seen.add(memory)
    return apart
