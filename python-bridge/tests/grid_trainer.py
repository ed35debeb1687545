"""Stands in for the trainer in tests of the driver: does what the cell's request says."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path


def main() -> None:
    request = json.loads(sys.stdin.readline())
    what = request["cell"]["what"]
    folder = Path(request["cell"]["folder"])
    stop = threading.Event()
    threading.Thread(target=_listen, args=(stop,), daemon=True).start()
    _say({"note": f"begins {what}"})
    print("a line of the log", file=sys.stderr, flush=True)
    if what == "fail":
        return _end({"error": "the cell says no"}, 1)
    if what == "no room":
        return _end({"error": "ENOSPC: no space left on device, write"}, 1)
    if what == "hang":
        time.sleep(3600)
    if what == "eat":
        eaten = bytearray(400 * 2**20)
        time.sleep(3600 + len(eaten))
    if what == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if what == "die once" and not (folder / "begun").exists():
        folder.mkdir(parents=True)
        (folder / "begun").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "child":
        os.spawnlp(os.P_NOWAIT, "sleep", "sleep", request["cell"]["seconds"])
        time.sleep(3600)
    if what == "until stop":
        stop.wait(60)
        return _end({"result": None}, 0)
    folder.mkdir(parents=True, exist_ok=True)
    if what == "copy":
        (folder / "copy.csv").write_text((Path(request["data"]) / request["cell"]["file"]).read_text())
    (folder / "risks.csv").write_text("x" * request["cell"].get("bytes", 10))
    (folder / "result.json").write_text("{}")
    _end({"result": {"seconds": 0, "targets": []}}, 0)


def _listen(stop: threading.Event) -> None:
    for line in sys.stdin:
        if line == "stop\n":
            stop.set()
    os._exit(1)


def _say(event: dict[str, object]) -> None:
    print(json.dumps(event), flush=True)


def _end(event: dict[str, object], code: int) -> None:
    _say(event)
    os._exit(code)


main()
