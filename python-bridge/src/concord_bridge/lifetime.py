"""The worker lives as long as the process that started it, and cleans up after one that was killed."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time


def bind(parent: int, directory: str) -> None:
    """End this process, and remove `directory`, when process `parent` is gone.

    Ctrl-C reaches the whole group of processes; what to do about it is the parent's decision.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(parent, directory), daemon=True).start()


def _watch(parent: int, directory: str) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    shutil.rmtree(directory, ignore_errors=True)
    os._exit(1)
