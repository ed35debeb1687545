"""Ask every node of a cluster, before hours are spent, whether it can run cells."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import tempfile
from dataclasses import replace
from typing import Any

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from concord_bridge.grid.cell_task import try_cell
from concord_bridge.grid.driver import send_code
from concord_bridge.grid.jobs import Job, RunSettings
from concord_bridge.grid.outcome import NodeUnfit, Outcome

SECONDS = 300.0
"""How long a node may take to read its data."""
GIB = 2**30


def examine(settings: RunSettings, job: Job) -> list[dict[str, Any]]:
    """What each node has, and what it lacks.

    Args:
        settings: how cells would be run.
        job: one whose request only checks: the trainer reads the data, and compares them and its code.

    Returns:
        A dictionary for each node that is alive: its name, what was found, and `problem` where there is one.
    """
    send_code()
    asked = {}
    for node in ray.nodes():
        if not node["Alive"]:
            continue
        where = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
        task = ray.remote(num_cpus=0, max_retries=0, scheduling_strategy=where)(_look)
        limited = replace(settings, seconds=SECONDS)
        asked[task.remote(job, limited, node["NodeID"])] = node
    return [{**_declared(node), **_answer(ref)} for ref, node in asked.items()]


def _declared(node: dict[str, Any]) -> dict[str, Any]:
    resources = node["Resources"]
    return {
        "node": node["NodeManagerHostname"],
        "cpus": resources.get("CPU", 0),
        "gpus": resources.get("GPU", 0),
        "memoryGiB": round(resources.get("memory", 0) / GIB, 1),
    }


def _answer(ref: Any) -> dict[str, Any]:
    try:
        return ray.get(ref)
    except ray.exceptions.RayError as error:
        return {"problem": str(error).strip().splitlines()[-1]}


def _look(job: Job, settings: RunSettings, node: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "python": platform.python_version(),
        "diskGiB": round(shutil.disk_usage(tempfile.gettempdir()).free / GIB, 1),
    }
    if settings.results is not None and os.path.isdir(settings.results):
        found["resultsGiB"] = round(shutil.disk_usage(settings.results).free / GIB, 1)
    try:
        outcome = try_cell(job, settings, f"{node} {socket.gethostname()}")
    except NodeUnfit as unfit:
        outcome = Outcome("node", reason=unfit.reason)
    if outcome.kind != "done":
        return {**found, "problem": outcome.reason or outcome.kind}
    return {**found, **(outcome.result or {})}
