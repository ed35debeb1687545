"""Subjects of parity that TypeScript opens here, and their stages."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from concord_bridge.methods import method
from concord_bridge.modules.variants import module_variant
from concord_bridge.objective import Outcome, Protocol
from concord_bridge.reference_run import ReferenceRun, Run, take
from concord_bridge.subject import Named, Subject
from concord_bridge.yardstick import Yardstick

SMALL = 4_000_000
"""Weights of a model that is faster on one core."""


@dataclass
class Session:
    """An open subject and its runs so far."""

    subject: Subject
    exact: ReferenceRun
    yardstick: Yardstick
    published: Run | None = None
    steps: int = 0
    """Optimiser steps taken by the end of the last stage."""
    truth: Named = field(default_factory=dict)
    """What float64 found in the last stage."""


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
    exact = ReferenceRun(subject, torch.float64)
    _sessions[session] = Session(subject, exact, Yardstick(subject))
    return {"session": session}


@method("parity.stage")
def run_stage(params: dict[str, Any]) -> dict[str, str]:
    """Run one stage in each of the `precisions` and write its tensors to files, whose paths are returned.

    float64 comes before float32, of which `runs` make the yardstick, 1 by default. A stage can be asked for
    again with more of them.
    """
    session = _sessions[params["session"]]
    stage, runs = params["stage"], params.get("runs", 1)
    session.steps = params.get("upTo", session.steps)
    return {
        precision: _write(session, f"{stage}.{precision}", _take(session, stage, precision, runs))
        for precision in params["precisions"]
    }


def _take(session: Session, stage: str, precision: str, runs: int) -> Named:
    if precision == "float64":
        session.truth = take(session.exact, stage, session.steps)
        return session.truth
    if precision == "float32":
        return session.yardstick.stage(stage, session.steps, session.truth, runs)
    if session.published is None:
        from concord_bridge.published.run import published_run

        session.published = published_run(session.subject)
    return take(session.published, stage, session.steps)


def _write(session: Session, name: str, found: Named) -> str:
    path = session.subject.directory / f"{name}.{next(_numbers)}.safetensors"
    save_file(_apart({name: tensor.contiguous() for name, tensor in found.items()}), path)
    return str(path)


@method("parity.close")
def close_parity(params: dict[str, Any]) -> None:
    """Forget a subject."""
    _sessions.pop(params["session"], None)


def _apart(tensors: Named) -> Named:
    """Tensors that share no memory, which the file format demands."""
    seen: set[int] = set()
    apart = {}
    for name, tensor in tensors.items():
        memory = tensor.untyped_storage().data_ptr()
        apart[name] = tensor.clone() if memory in seen else tensor
        seen.add(memory)
    return apart
