"""The driver of grids, with a trainer that does as it is told, on Ray clusters on this machine."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from grid_driving import HERE, SOURCES, cluster, drive, ends, job, settings, start

pytestmark = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")


def test_names_what_fails_and_finishes_the_others(tmp_path: Path, study: Path) -> None:
    whats = ["write", "fail", "hang", "eat", "crash", "die", "die once", "no room", "write"]
    given = settings(study, seconds=8, megabytes=200, cpusPerRun=0.5)
    code, events = drive(tmp_path, given, [job(i, what) for i, what in enumerate(whats)])
    assert code == 0
    last = ends(events)
    assert [last[i]["event"] for i in (0, 6, 8)] == ["done"] * 3
    failed = {whats[i]: (event["kind"], event["reason"]) for i, event in last.items() if "kind" in event}
    assert failed["fail"] == ("program", "the cell says no")
    assert failed["hang"] == ("time", "not done within 8 s (--limit)")
    assert failed["eat"][0] == "memory"
    assert "more than 200 (--memory)" in failed["eat"][1]
    assert failed["crash"] == ("program", "the trainer ended without a result (SIGSEGV): a line of the log")
    assert failed["die"] == ("system", "the trainer was ended by SIGKILL")
    assert failed["no room"][0] == "disk"
    begun = [event["cell"] for event in events if event["event"] == "started"]
    assert [begun.count(whats.index(what)) for what in ("die", "die once", "fail")] == [3, 2, 1]
    assert (study / "cells/0/result.json").exists()
    assert (study / ".grid/cells/1/log.txt").read_text() == "a line of the log\n"
    assert not (study / "cells/1").exists()
    assert not list(study.rglob("*.part"))


def test_leaves_no_process_behind(tmp_path: Path, study: Path) -> None:
    seconds = f"{3600 + os.getpid()}.25"
    drive(tmp_path, settings(study, seconds=2), [job(0, "child", seconds=seconds)])
    assert not named(f"sleep {seconds}")
    driver = start(tmp_path, settings(study), [job(1, "child", seconds=seconds)])
    until(lambda: named(f"sleep {seconds}"))
    driver.kill()
    driver.communicate()
    until(lambda: not [line for line in named("grid_trainer.py") if str(HERE) in line])
    for line in named(f"sleep {seconds}"):
        os.kill(int(line.split()[0]), signal.SIGKILL)


@pytest.mark.parametrize("ignored", [False, True])
def test_lets_cells_save_when_it_is_to_stop(tmp_path: Path, study: Path, ignored: bool) -> None:
    # A shell starts what runs behind it with Ctrl-C ignored, and children keep that.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN if ignored else signal.default_int_handler)
    try:
        driver = start(tmp_path, settings(study, maxConcurrent=2), [job(i, "until stop") for i in range(4)])
    finally:
        signal.signal(signal.SIGINT, before)
    assert driver.stdout
    begun: set[int] = set()
    said = []
    for line in driver.stdout:
        said.append(json.loads(line))
        if said[-1]["event"] == "started":
            begun.add(said[-1]["cell"])
        if len(begun) == 2:
            break
    driver.send_signal(signal.SIGTERM)
    rest, complaints = driver.communicate(timeout=60)
    assert driver.returncode == 0, complaints
    last = ends(said + [json.loads(line) for line in rest.splitlines()])
    assert {event["event"] for event in last.values()} == {"left"}
    assert set(last) == begun


def test_sends_no_cell_to_a_node_that_cannot_run_it(tmp_path: Path, study: Path) -> None:
    nowhere = tmp_path / "no programs"
    nowhere.mkdir()
    jobs = [job(i, "write") for i in range(6)]
    with cluster(tmp_path, "2", f"2:{nowhere}") as address:
        given = settings(study, address=address)
        code, events = drive(tmp_path, given, jobs, RAY_AUTH_TOKEN="the token")
    assert code == 0
    assert {event["event"] for event in ends(events).values()} == {"done"}
    notes = [event["text"] for event in events if event["event"] == "note"]
    assert any("there is no python3 on its PATH" in note for note in notes)


def test_doctor_says_what_each_node_lacks(tmp_path: Path, study: Path) -> None:
    nowhere = tmp_path / "no programs"
    nowhere.mkdir()
    token = {"RAY_AUTH_TOKEN": "the token"}
    with cluster(tmp_path, "2", f"1:{nowhere}") as address:
        given = settings(study, address=address)
        code, nodes = drive(tmp_path, given, [job(0, "write")], "doctor", **token)
        elsewhere = settings(tmp_path / "elsewhere", address=address)
        _, strangers = drive(tmp_path, elsewhere, [job(0, "write")], "doctor", **token)
        _, without_data = drive(tmp_path, given, [job(0, "fail")], "doctor", **token)
    assert code == 0
    good, bad = sorted(nodes, key=lambda node: -node["cpus"])
    assert (good["cpus"], "problem" in good) == (2, False)
    assert good["diskGiB"] > 0
    assert (bad["cpus"], bad["problem"]) == (1, "there is no python3 on its PATH")
    # Of a node that lacks two things, the first is named.
    problems = {node["cpus"]: node["problem"] for node in strangers}
    assert problems[2].startswith(f"it does not see the study's folder {tmp_path / 'elsewhere'};")
    assert {node["cpus"]: node["problem"] for node in without_data}[2] == "the cell says no"
    assert not (study / "cells").exists()


def test_fails_by_name_where_no_node_can(tmp_path: Path, study: Path) -> None:
    given = settings(study, program=["no-such-program", "grid_trainer.py"])
    _, events = drive(tmp_path, given, [job(0, "write")])
    assert ends(events)[0]["kind"] == "node"
    assert "there is no no-such-program on its PATH" in ends(events)[0]["reason"]
    _, events = drive(tmp_path, settings(study, results=str(tmp_path / "elsewhere")), [job(0, "write")])
    assert "does not see the study's folder" in ends(events)[0]["reason"]


@pytest.mark.parametrize(
    ("token", "said"),
    [("another token", "the cluster does not accept the token"), ("", "no token for the cluster")],
)
def test_refuses_a_wrong_token_by_name(tmp_path: Path, study: Path, token: str, said: str) -> None:
    with cluster(tmp_path, "1") as address:
        code, events = drive(
            tmp_path, settings(study, address=address), [job(0, "write")], RAY_AUTH_TOKEN=token
        )
    assert code == 2
    assert said in events[0]["reason"]


@pytest.mark.parametrize(
    ("address", "said"), [("127.0.0.1:1", "nobody answers there"), ("here", "expected host:port")]
)
def test_refuses_an_address_by_name(tmp_path: Path, study: Path, address: str, said: str) -> None:
    code, events = drive(tmp_path, settings(study, address=address), [job(0, "write")])
    assert code == 2
    assert said in events[0]["reason"]


def test_says_what_to_install(tmp_path: Path, study: Path) -> None:
    (tmp_path / "ray.py").write_text("raise ImportError")
    paths = f"{tmp_path}:{SOURCES}"
    code, events = drive(tmp_path, settings(study), [job(0, "write")], PYTHONPATH=paths)
    assert code == 2
    assert "CONCORD_EXTRAS=ray npm run setup" in events[0]["reason"]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can mount a small disk")
def test_names_a_full_disk_and_leaves_no_part_there(tmp_path: Path, study: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(study)], check=True)
    try:
        (study / "study.json").write_text("{}")
        jobs = [job(0, "write", bytes=10**6), job(1, "write")]
        _, events = drive(tmp_path, settings(study), jobs)
        last = ends(events)
        assert last[1]["event"] == "done"
        assert last[0]["kind"] == "disk"
        assert re.search(r"No space left on device: .*/risks\.csv", last[0]["reason"])
        assert not (study / "cells/0/result.json").exists()
        assert not list(study.rglob("*.part"))
    finally:
        subprocess.run(["umount", str(study)], check=True)


def named(text: str) -> list[str]:
    """Processes with this in their command line: id and command."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if text in command:
            found.append(f"{entry.name} {command}")
    return found


def until(holds: Any, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)
