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

from concord_bridge.grid.fetch_data import fetch_data
from concord_bridge.grid.jobs import Job, RunSettings
from concord_bridge.grid.outcome import NO_ROOM, NodeUnfit, Outcome, TrainerKilled
from concord_bridge.grid.publish import publish, put
from concord_bridge.grid.store import SEEN, StoreUnusable, open_place
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
    _require_place(settings, node)
    try:
        with _working_directory(job.work_name(settings.results)) as (work, held):
            outcome = _train(command, job, settings, work, held, node, hear)
            _deliver(job, settings, work, work / job.log, outcome)
            return outcome
    except OSError as error:
        if error.errno in NO_ROOM:
            return Outcome("disk", reason=f"{node.split(' ', 1)[1]}: {error.strerror}: {error.filename}")
        raise
    except StoreUnusable as error:
        return Outcome("system", reason=str(error))


def try_cell(job: Job, settings: RunSettings, node: str) -> Outcome:
    """Run a trainer whose request only checks, in a directory that goes with it.

    Raises:
        NodeUnfit: if this machine cannot run cells.
    """
    command = _command(settings, node)
    _require_place(settings, node)
    with _working_directory(f"check-{os.getpid()}") as (work, held):
        try:
            return _train(command, job, settings, work, held, node, lambda _: None)
        finally:
            shutil.rmtree(work)


def _train(
    command: list[str], job: Job, settings: RunSettings, work: Path, held: int, node: str, hear: Hear
) -> Outcome:
    log = work / job.log
    log.parent.mkdir(parents=True, exist_ok=True)
    return run_trainer(
        command,
        {**job.request, **_data(settings, node)},
        folder=str(work),
        environment={**os.environ, **settings.environment},
        log=str(log),
        held=held,
        seconds=settings.seconds,
        megabytes=settings.megabytes,
        hear=hear,
    )


def _data(settings: RunSettings, node: str) -> dict[str, str]:
    if settings.store is None or not settings.data:
        return {}
    return {"data": str(fetch_data(settings.store, settings.data, _home() / "data", node))}


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


def _require_place(settings: RunSettings, node: str) -> None:
    if settings.store is not None:
        _require_store(settings.store, node)
    elif settings.results is not None:
        study = Path(settings.results)
        if not ((study / "study.json").exists() or (study / ".grid" / "seen").exists()):
            raise NodeUnfit(node, f"it does not see the study's folder {study}; give it one, or use --store")


def _require_store(url: str, node: str) -> None:
    try:
        fs, root = open_place(url)
        seen = fs.exists(f"{root}/{SEEN}")
    except Exception as error:  # every file system has errors of its own
        raise NodeUnfit(node, f"it does not reach the store {url}: {error}") from error
    if not seen:
        raise NodeUnfit(node, f"what it sees at {url} is not the store of this grid")


def _deliver(job: Job, settings: RunSettings, work: Path, log: Path, outcome: Outcome) -> None:
    place = settings.place_of(job)
    try:
        if place is None:
            pass
        elif outcome.kind == "done":
            publish(work, place, keep_checkpoints=job.keep)
        elif outcome.kind != "left":
            fs, root = open_place(place)
            put(fs, log, f"{root}/{job.log}")
    except Exception as error:  # every file system has errors of its own
        if settings.store is None:
            raise
        raise StoreUnusable(f"results cannot be brought to {place}: {error}") from error
    if outcome.kind in ("done", "program"):
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _working_directory(name: str) -> Iterator[tuple[Path, int]]:
    """A directory of this machine, and a descriptor that keeps others out of it.

    The trainer holds the descriptor, too: a directory is free when both the task and its trainer are gone.
    """
    home = _home()
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


def _home() -> Path:
    """Where this machine keeps working directories and data."""
    home = Path(tempfile.gettempdir()) / f"concord-grid-{os.getuid()}"
    home.mkdir(mode=0o700, exist_ok=True)
    return home


def _lock(descriptor: int, name: str) -> None:
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise TrainerKilled(f"another trainer is still at work in {name}") from None
            time.sleep(0.1)
