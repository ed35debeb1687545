"""What a Ray task does on the node where it runs."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from concord_bridge.grid.jobs import Job, RunSettings
from concord_bridge.grid.outcome import NO_ROOM, NodeUnfit, Outcome, TrainerKilled
from concord_bridge.grid.publish import open_place, publish, put
from concord_bridge.grid.trainer import run_trainer

LOCK_SECONDS = 60.0
"""How long the trainer of a task that was killed may take to go."""
Hear = Callable[[dict[str, Any]], None]


def compute_cell(job: Job, settings: RunSettings, node: str, hear: Hear) -> Outcome:
    """Compute a cell in a working directory of its own, and bring what it wrote to the study.

    Args:
        job: the cell.
        settings: how it is run.
        node: this machine: Ray's id of it, and its name.
        hear: gets what the trainer says meanwhile.

    Raises:
        NodeUnfit: if this machine cannot run cells.
        TrainerKilled: if somebody ended the trainer.
    """
    command = _command(settings, node)
    _require_results(settings, node)
    try:
        with _working_directory(job.work_name(settings.results)) as (work, held):
            outcome = _train(command, job, settings, work, held, hear)
            _deliver(job, settings, work, work / job.log, outcome)
            return outcome
    except OSError as error:
        if error.errno in NO_ROOM:
            return Outcome("disk", reason=f"{node.split(' ', 1)[1]}: {error.strerror}: {error.filename}")
        raise


def try_cell(job: Job, settings: RunSettings, node: str) -> Outcome:
    """Run a trainer whose request only checks, in a directory that goes with it.

    Raises:
        NodeUnfit: if this machine cannot run cells.
    """
    command = _command(settings, node)
    _require_results(settings, node)
    with _working_directory(f"check-{os.getpid()}") as (work, held):
        try:
            return _train(command, job, settings, work, held, lambda _: None)
        finally:
            shutil.rmtree(work)


def _train(command: list[str], job: Job, settings: RunSettings, work: Path, held: int, hear: Hear) -> Outcome:
    log = work / job.log
    log.parent.mkdir(parents=True, exist_ok=True)
    return run_trainer(
        command,
        job.request,
        folder=str(work),
        environment={**os.environ, **settings.environment},
        log=str(log),
        held=held,
        seconds=settings.seconds,
        megabytes=settings.megabytes,
        hear=hear,
    )


def _command(settings: RunSettings, node: str) -> list[str]:
    name, *options, main = settings.program
    program = shutil.which(name)
    if program is None:
        raise NodeUnfit(node, f"there is no {name} on its PATH")
    home = os.environ.get("CONCORD_HOME", settings.home)
    path = os.path.join(home, main)
    if not os.path.exists(path):
        raise NodeUnfit(
            node, f"there is no {path}; build the checkout there, or name its place in CONCORD_HOME"
        )
    return [program, *options, path]


def _require_results(settings: RunSettings, node: str) -> None:
    if settings.results is None:
        return
    fs, root = open_place(settings.results)
    if not (fs.exists(f"{root}/study.json") or fs.exists(f"{root}/.grid/seen")):
        raise NodeUnfit(node, f"it does not see the study's folder {settings.results}")


def _deliver(job: Job, settings: RunSettings, work: Path, log: Path, outcome: Outcome) -> None:
    if settings.results is None:
        pass
    elif outcome.kind == "done":
        publish(work, settings.results, keep_checkpoints=job.keep)
    elif outcome.kind != "left":
        fs, root = open_place(settings.results)
        put(fs, log, f"{root}/{job.log}")
    if outcome.kind in ("done", "program"):
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _working_directory(name: str) -> Iterator[tuple[Path, int]]:
    """A directory of this machine, and a descriptor that keeps others out of it.

    The trainer holds the descriptor, too: a directory is free when both the task and its trainer are gone.
    """
    home = Path(tempfile.gettempdir()) / f"concord-grid-{os.getuid()}"
    home.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(home / f"{name}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        _lock(descriptor, str(home / name))
        work = home / name
        work.mkdir(exist_ok=True)
        yield work, descriptor
        if not work.exists():
            (home / f"{name}.lock").unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, name: str) -> None:
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise TrainerKilled(f"another trainer is still at work in {name}") from None
            time.sleep(0.1)
