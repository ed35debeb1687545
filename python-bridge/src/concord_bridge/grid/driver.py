"""Hand cells to Ray, a few at a time, and say what becomes of them."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import ray
from ray import cloudpickle
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

import concord_bridge.grid
from concord_bridge.grid.bring_back import bring_back
from concord_bridge.grid.cell_task import compute_cell
from concord_bridge.grid.events import Events
from concord_bridge.grid.jobs import Job, RunSettings
from concord_bridge.grid.outcome import NodeUnfit, Outcome, TrainerKilled
from concord_bridge.grid.store import StoreUnusable

POLL_SECONDS = 0.2
LEAST_WINDOW = 64
"""Cells that Ray knows of at once where nobody limits them; more only where more can run."""

Say = Callable[[dict[str, Any]], None]


@dataclass
class _Pending:
    job: Job
    begun: int = 0


@dataclass
class Driver:
    """Runs jobs on the cluster that this process has joined."""

    settings: RunSettings
    say: Say
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Make the task and the actor that cells need."""
        send_code()
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        self.events = ray.remote(num_cpus=0, scheduling_strategy=here)(Events).remote()
        self.task = ray.remote(
            num_cpus=self.settings.cpus_per_run,
            num_gpus=self.settings.gpus_per_run,
            memory=int(self.settings.megabytes * 2**20) if self.settings.megabytes else None,
            max_retries=self.settings.retries,
            retry_exceptions=[TrainerKilled],
        )(_run)
        self.shared = ray.put(self.settings)
        self.unfit: dict[str, str] = {}
        self.pending: dict[Any, _Pending] = {}
        self.open: dict[int, _Pending] = {}
        self.heard = 0.0

    def run(self, jobs: Iterator[Job]) -> None:
        """Run them all, or until `stopping`."""
        window = self.settings.max_concurrent or max(LEAST_WINDOW, 2 * self._slots())
        more = True
        cancelled = False
        while more or self.pending:
            while more and len(self.pending) < window and not self.stopping.is_set():
                job = next(jobs, None)
                if job is None:
                    more = False
                elif not self._lies_in_store(job):
                    self._submit(job)
            if self.stopping.is_set() and not cancelled:
                more, cancelled = False, True
                for ref in self.pending:
                    ray.cancel(ref, force=False)
            if self.pending:
                self._settle()

    def _slots(self) -> int:
        share = self.settings.cpus_per_run
        return int(ray.cluster_resources().get("CPU", 1) / share) if share > 0 else LEAST_WINDOW

    def _lies_in_store(self, job: Job) -> bool:
        """A driver that died may have left cells that were computed since."""
        try:
            result = self._bring_back(job)
        except (OSError, StoreUnusable):
            return False  # the machine that computes it says what is wrong
        if result is not None:
            self.say({"event": "done", "cell": job.id, "result": result})
        return result is not None

    def _bring_back(self, job: Job) -> dict[str, Any] | None:
        if self.settings.store is None or self.settings.results is None:
            return None
        return bring_back(str(self.settings.place_of(job)), self.settings.results)

    def _submit(self, job: Job, begun: int = 0) -> None:
        # Nodes that cannot run cells would fail them at once, and so draw them all.
        fit = {"ray.io/node-id": f"!in({','.join(self.unfit)})"} if self.unfit else None
        task = self.task.options(label_selector=fit) if fit else self.task
        one = _Pending(job, begun)
        self.open[job.id] = one
        self.pending[task.remote(job, self.shared, self.events)] = one

    def _settle(self) -> None:
        known = list(self.pending)
        ready, _ = ray.wait(known, num_returns=1, timeout=POLL_SECONDS)
        if ready:
            ready, _ = ray.wait(known, num_returns=len(known), timeout=0)
        # A cell's last word comes after all that it said before.
        if ready or time.monotonic() - self.heard > POLL_SECONDS:
            self._pass_events_on()
        for ref in ready:
            self._finish(ref)

    def _pass_events_on(self) -> None:
        self.heard = time.monotonic()
        for cell, event in ray.get(self.events.take.remote()):
            if cell not in self.open:
                continue
            if "started" in event:
                self.open[cell].begun += 1
                self.say({"event": "started", "cell": cell, "where": event["started"]})
            elif "steps" in event:
                self.say({"event": "steps", "cell": cell, "steps": event["steps"]})
            elif "note" in event:
                self.say({"event": "note", "text": event["note"]})

    def _finish(self, ref: Any) -> None:
        one = self.pending.pop(ref)
        try:
            self._tell(one, ray.get(ref))
        except ray.exceptions.TaskCancelledError:
            self._tell(one, Outcome("left"))
        except NodeUnfit as error:
            self._exclude(one, error)
        except TrainerKilled as error:
            self._tell(one, Outcome("system", reason=str(error.args[0])))
        except ray.exceptions.RayTaskError as error:
            self._tell(one, Outcome("program", reason=str(error.cause or error).strip().splitlines()[-1]))
        except ray.exceptions.RayError as error:
            self._tell(one, Outcome("system", reason=_first_line(error)))

    def _tell(self, one: _Pending, outcome: Outcome) -> None:
        cell = one.job.id
        del self.open[cell]
        if outcome.kind != "left":
            outcome = self._brought(one.job, outcome)
        if outcome.kind == "done":
            self.say({"event": "done", "cell": cell, "result": outcome.result})
        elif outcome.kind == "left":
            self.say({"event": "left", "cell": cell})
        else:
            attempts = max(one.begun, 1)
            failed = {"kind": outcome.kind, "reason": outcome.reason, "attempts": attempts}
            self.say({"event": "failed", "cell": cell, **failed})

    def _brought(self, job: Job, outcome: Outcome) -> Outcome:
        try:
            self._bring_back(job)
        except OSError as error:
            return Outcome("disk", reason=f"{error.strerror}: {error.filename or self.settings.results}")
        except StoreUnusable as error:
            return Outcome("system", reason=str(error))
        return outcome

    def _exclude(self, one: _Pending, error: NodeUnfit) -> None:
        node, name = error.node.split(" ", 1)
        if node not in self.unfit:
            self.unfit[node] = f"{name}: {error.reason}"
            self.say({"event": "note", "text": f"no cells for {self.unfit[node]}"})
        alive = {known["NodeID"] for known in ray.nodes() if known["Alive"]}
        if alive <= self.unfit.keys():
            reason = "no machine can run it: " + "; ".join(self.unfit[known] for known in sorted(alive))
            self._tell(one, Outcome("node", reason=reason))
        else:
            self._submit(one.job, one.begun)


def send_code() -> None:
    """Let tasks carry this package: nodes need Ray and the checkout's program, and no Python of ours."""
    cloudpickle.register_pickle_by_value(concord_bridge.grid)


def _run(job: Job, settings: RunSettings, events: Any) -> Outcome:
    # Ray cancels as Ctrl-C does, which Python leaves out where a node was started with it ignored (nohup, &).
    signal.signal(signal.SIGINT, signal.default_int_handler)
    context = ray.get_runtime_context()
    name = socket.gethostname()
    where = f"{name}, node {context.get_node_id()[:8]}"
    # Waited for: how often a cell was begun is counted, and its result must not overtake this.
    ray.get(events.put.remote(job.id, {"started": where}))
    return compute_cell(
        job, settings, f"{context.get_node_id()} {name}", lambda event: events.put.remote(job.id, event)
    )


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
