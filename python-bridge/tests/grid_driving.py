"""Runs the driver of grids in tests, on Ray clusters on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SOURCES = HERE.parent / "src"


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    own = {"PYTHONPATH": str(SOURCES), "TMPDIR": str(tmp_path), "HOME": str(tmp_path), **more}
    return {**os.environ, "RAY_AUTH_MODE": "token", "RAY_TMPDIR": "/tmp", **own}


def settings(study: Path, **more: Any) -> dict[str, Any]:
    return {
        **{"address": None, "cpusPerRun": 1, "gpusPerRun": 0, "maxConcurrent": None, "retries": 2},
        **{"seconds": None, "megabytes": None, "home": str(HERE), "environment": {}, "results": str(study)},
        "program": ["python3", "grid_trainer.py"],
        **more,
    }


def job(number: int, what: str, **more: Any) -> dict[str, Any]:
    folder = f"cells/{number}"
    return {
        **{"id": number, "key": f"key {number}", "folder": folder, "log": f".grid/{folder}/log.txt"},
        "request": {"setting": {"keep": False}, "cell": {"what": what, "folder": folder, **more}},
    }


def start(
    tmp_path: Path, given: dict[str, Any], jobs: list[dict[str, Any]], *words: str, **env: str
) -> subprocess.Popen[str]:
    driver = subprocess.Popen(
        [sys.executable, "-m", "concord_bridge.grid", *words],
        env=environment(tmp_path, **env),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert driver.stdin
    driver.stdin.write("".join(json.dumps(line) + "\n" for line in [given, *jobs]))
    driver.stdin.close()
    driver.stdin = None
    return driver


def drive(
    tmp_path: Path, given: dict[str, Any], jobs: list[dict[str, Any]], *words: str, **env: str
) -> tuple[int, list[dict[str, Any]]]:
    driver = start(tmp_path, given, jobs, *words, **env)
    said, complaints = driver.communicate(timeout=240)
    assert driver.returncode in (0, 2), complaints
    return driver.returncode, [json.loads(line) for line in said.splitlines()]


def ends(events: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """The last word on each cell; there is one, not two."""
    last = [event for event in events if event["event"] in ("done", "failed", "left")]
    assert len({event["cell"] for event in last}) == len(last)
    return {event["cell"]: event for event in last}


@contextmanager
def cluster(
    tmp_path: Path, *nodes: str, token: str = "the token", before: Sequence[str] = (), **env: str
) -> Iterator[str]:
    """A cluster's address, as long as it lives. `before`: what starts it, such as `nice`."""
    process = subprocess.Popen(
        [*before, sys.executable, str(HERE / "grid_cluster.py"), *nodes],
        env=environment(tmp_path, RAY_AUTH_TOKEN=token, **env),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin and process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait(60)
        process.stdout.close()
