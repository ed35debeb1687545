"""What is asked of the driver: settings of a run, and cells."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from concord_bridge.grid.store import DataFile


@dataclass(frozen=True)
class RunSettings:
    """How cells are run; the first line that the driver reads."""

    address: str | None
    """Of a cluster that runs; None starts one on this machine."""
    cpus_per_run: float
    gpus_per_run: float
    max_concurrent: int | None
    retries: int
    """How often a cell is begun anew when its process or its machine went."""
    seconds: float | None
    megabytes: float | None
    """What a cell may take; resident memory in 2^20 bytes, with the processes that it starts."""
    home: str
    """The checkout; a node that has it elsewhere says so in CONCORD_HOME."""
    program: tuple[str, ...]
    """The trainer: a command on the PATH of the node, options, and a file of the checkout."""
    environment: dict[str, str]
    results: str | None
    """Folder of the study, which every node sees unless there is a store; None brings results alone."""
    store: str | None = None
    """URL that fsspec opens, for machines that share no folder: data and results go through it."""
    data: tuple[DataFile, ...] = ()
    """What cells read, where it goes through the store."""

    @staticmethod
    def read(line: dict[str, Any]) -> RunSettings:
        """From JSON."""
        return RunSettings(
            address=line["address"],
            cpus_per_run=line["cpusPerRun"],
            gpus_per_run=line["gpusPerRun"],
            max_concurrent=line["maxConcurrent"],
            retries=line["retries"],
            seconds=line["seconds"],
            megabytes=line["megabytes"],
            home=line["home"],
            program=tuple(line["program"]),
            environment=line["environment"],
            results=line["results"],
            store=line.get("store"),
            data=tuple(DataFile(**one) for one in line.get("data", ())),
        )

    def place_of(self, job: Job) -> str | None:
        """Folder or URL that a cell's files are brought to by the machine that computes it."""
        return self.results if self.store is None else f"{self.store}/cells/{job.work_name(None)}"


@dataclass(frozen=True)
class Job:
    """A cell to be computed."""

    id: int
    key: str
    """SHA-256 of all that determines it."""
    folder: str
    """Its place in the study's folder, and of its log."""
    log: str
    request: dict[str, Any]
    """What the trainer reads; the driver does not look into it."""

    keep: bool = False
    """Bring its checkpoints to the study, too."""

    def work_name(self, results: str | None) -> str:
        """Of its working directory: begun anew on the same machine, a cell goes on from its checkpoint."""
        return hashlib.sha256(f"{self.key}\0{results}\0{self.keep}".encode()).hexdigest()[:32]
