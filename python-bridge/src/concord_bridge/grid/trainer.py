"""A trainer as a process: started in a group of its own, watched, and ended with all that it started."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import IO, Any

from concord_bridge.grid.outcome import Outcome, TrainerKilled, refused
from concord_bridge.grid.process_tree import resident_bytes

POLL_SECONDS = 0.2
STOP_SECONDS = 120.0
"""How long a trainer may take to finish its step and save."""
PR_SET_PDEATHSIG = 1
FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


def run_trainer(
    command: Sequence[str],
    request: dict[str, Any],
    *,
    folder: str,
    environment: dict[str, str],
    log: str,
    held: int,
    seconds: float | None,
    megabytes: float | None,
    hear: Callable[[dict[str, Any]], None],
) -> Outcome:
    """Run a trainer to its end.

    A KeyboardInterrupt meanwhile, which is how Ray cancels a task, lets it finish its step and save.

    Args:
        command: what is run, in `folder`.
        request: goes to its standard input as one line, which stays open: its end ends the trainer.
        folder: its working directory.
        environment: all of it.
        log: file that gets its standard error.
        held: a descriptor that it keeps open as long as it lives.
        seconds, megabytes: what it may take.
        hear: gets every event of it but the last.

    Raises:
        TrainerKilled: if somebody else ended it.
        OSError: if it cannot be started.
    """
    with open(log, "wb") as errors:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            pass_fds=(held,),
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
    watched = _Watched(process, seconds, megabytes, hear)
    try:
        _send(process.stdin, json.dumps(request))
        return watched.outcome(log)
    finally:
        _kill_group(process)


class _Watched:
    def __init__(
        self,
        process: subprocess.Popen[bytes],
        seconds: float | None,
        megabytes: float | None,
        hear: Callable[[dict[str, Any]], None],
    ) -> None:
        self.process = process
        self.seconds = seconds
        self.megabytes = megabytes
        self.hear = hear
        self.started = time.monotonic()
        self.stopping: float | None = None
        self.rest = b""
        self.last: dict[str, Any] = {}

    def outcome(self, log: str) -> Outcome:
        while True:
            try:
                if not self._read():
                    break
                limit = self._over_limit()
                if limit:
                    return limit
            except KeyboardInterrupt:
                self.stopping = time.monotonic()
                _send(self.process.stdin, "stop")
            if self.stopping is not None and time.monotonic() - self.stopping > STOP_SECONDS:
                return Outcome("left")
        return self._ended(log)

    def _read(self) -> bool:
        """Hear what it has said. False at the end."""
        assert self.process.stdout
        descriptor = self.process.stdout.fileno()
        if not select.select([descriptor], [], [], POLL_SECONDS)[0]:
            return True
        chunk = os.read(descriptor, 1 << 16)
        *lines, self.rest = (self.rest + chunk).split(b"\n")
        for line in filter(None, lines):
            event = json.loads(line)
            if "result" in event or "error" in event:
                self.last = event
            else:
                self.hear(event)
        return bool(chunk)

    def _over_limit(self) -> Outcome | None:
        if self.seconds is not None and time.monotonic() - self.started > self.seconds:
            return Outcome("time", reason=f"not done within {self.seconds:g} s (--limit)")
        if self.megabytes is not None:
            used = resident_bytes(self.process.pid) / 2**20
            if used > self.megabytes:
                reason = f"holds {used:.0f} MiB of memory, more than {self.megabytes:g} (--memory)"
                return Outcome("memory", reason=reason)
        return None

    def _ended(self, log: str) -> Outcome:
        code = self.process.wait()
        if "error" in self.last:
            return refused(self.last["error"])
        if "result" in self.last:
            return Outcome("done", self.last["result"]) if self.last["result"] else Outcome("left")
        if -code in FROM_OUTSIDE:
            raise TrainerKilled(f"the trainer was ended by {signal.Signals(-code).name}")
        ending = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return refused(f"the trainer ended without a result ({ending}): {_last_line(log)}")


def _send(stream: IO[bytes] | None, line: str) -> None:
    assert stream
    # One that has ended says why when it is read.
    with contextlib.suppress(BrokenPipeError):
        stream.write(f"{line}\n".encode())
        stream.flush()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout):
        assert stream
        with contextlib.suppress(BrokenPipeError):
            stream.close()


def _last_line(log: str) -> str:
    with open(log, "rb") as file:
        file.seek(max(0, os.path.getsize(log) - 4096))
        lines = file.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
