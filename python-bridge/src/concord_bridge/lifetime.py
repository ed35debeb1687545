"""A process that lives as long as the one that asked for it, and leaves nothing behind."""

from __future__ import annotations

import ctypes
import os
import select
import shutil
import signal
import sys
import time

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
POLL_SECONDS = 0.05
KILL_SECONDS = 5
"""Known by its id alone, a process that nobody waits for looks alive for ever."""


def main() -> None:
    """Become `python args…`, tied to a host: arguments host-pid, directory ('' for none), args.

    A host starts this in a process group of its own, to end as a whole. What to do about Ctrl-C is the
    host's decision, so it is ignored here, and in the program that this process becomes.
    """
    host, directory, *args = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()
    post_guard(int(host), directory)
    os.execv(sys.executable, [sys.executable, *args])


def post_guard(host: int, directory: str) -> None:
    """Leave a process on watch that ends this one, and removes `directory`, once `host` is gone.

    A thread could not do this: native code may hold the interpreter's lock, and SIGKILL ends threads too.
    The guard goes when this process has ended and the host has removed the directory itself.
    """
    process = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    if os.fork() == 0:
        try:
            _leave_everything()
            _watch(_Watched(host), _Watched(process), directory)
        finally:
            os._exit(0)


def _watch(host: _Watched, process: _Watched, directory: str) -> None:
    while host.is_alive() and (process.is_alive() or os.path.isdir(directory)):
        time.sleep(POLL_SECONDS)
    if host.is_alive():
        return
    process.kill()
    deadline = time.monotonic() + KILL_SECONDS
    while process.is_alive() and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    if directory:
        shutil.rmtree(directory, ignore_errors=True)


class _Watched:
    """A process, known by a handle where the system has them (Linux): an id may be used again, and a process
    that has ended keeps its id until somebody waits for it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.handle: int | None = None
        self.gone = False
        try:
            self.handle = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
        except ProcessLookupError:
            self.gone = True
        except OSError:  # a kernel before 5.3, or one that forbids it: go by the id
            self.handle = None

    def is_alive(self) -> bool:
        if not self.gone:
            self.gone = self._has_ended()
        return not self.gone

    def kill(self) -> None:
        """End it, and what else runs in the group that it leads."""
        try:
            if not self.gone and os.getpgid(self.pid) == self.pid:
                os.killpg(self.pid, signal.SIGKILL)
            elif not self.gone:
                os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            self.gone = True

    def _has_ended(self) -> bool:
        if self.handle is not None:
            return bool(select.select([self.handle], [], [], 0)[0])
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False


def _die_with_parent() -> None:
    """On Linux the system itself kills this process, whatever it is doing; this outlives execv."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _leave_everything() -> None:
    """Drop what a forked process inherits: the group's signals, and pipes whose reader waits for us to go."""
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.chdir("/")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.closerange(3, 256)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_NAME, b"concord-guard")
