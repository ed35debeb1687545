"""`python -m concord_bridge.grid`: settings and cells on standard input, events on standard output.

SIGTERM lets the cells under way finish their steps and save. Exit code 0 whatever becomes of cells; 2 if none
can be run. With `doctor`, the one cell is a check, and the events are the nodes.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

from concord_bridge.grid.cluster import ClusterRefused, join
from concord_bridge.grid.jobs import Job, RunSettings
from concord_bridge.grid.send_data import send_data
from concord_bridge.grid.store import StoreUnusable


def main() -> int:
    """Read, run, say."""
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    # What Ray and others print goes to standard error: standard output is for events.
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(event: dict[str, Any]) -> None:
        events.write(json.dumps(event) + "\n")
        events.flush()

    settings = RunSettings.read(json.loads(sys.stdin.readline()))
    try:
        join(settings)
        if settings.store is not None:
            send_data(settings.store, settings.data, lambda text: say({"event": "note", "text": text}))
    except (ClusterRefused, StoreUnusable) as refusal:
        say({"event": "refused", "reason": str(refusal)})
        return 2
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())  # Ray has put its own in place

    if sys.argv[1:] == ["doctor"]:
        from concord_bridge.grid.doctor import examine

        for node in examine(settings, next(_jobs())):
            say({"event": "node", **node})
        return 0

    from concord_bridge.grid.driver import Driver

    Driver(settings, say, stopping).run(_jobs())
    return 0


def _jobs() -> Iterator[Job]:
    for line in sys.stdin:
        yield Job(**json.loads(line))


sys.exit(main())
