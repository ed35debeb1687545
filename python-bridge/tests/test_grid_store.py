"""Data and results of grids on machines that share no folder, through a folder and through S3."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from concord_bridge.grid.fetch_data import fetch_data
from concord_bridge.grid.outcome import NodeUnfit
from concord_bridge.grid.send_data import send_data
from concord_bridge.grid.store import DataFile, StoreUnusable, open_place
from grid_driving import cluster, drive, ends, job, settings

has_ray = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")
HAS_S3 = importlib.util.find_spec("s3fs") is not None and importlib.util.find_spec("moto") is not None
NODE = "id name"


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    """A server that speaks S3, as the environment that leads to it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            assert server.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
    try:
        yield {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
    finally:
        server.kill()
        server.wait()


@pytest.fixture(
    params=[
        "folder",
        pytest.param("s3", marks=pytest.mark.skipif(not HAS_S3, reason="s3fs and moto are not installed")),
    ]
)
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "folder":
        (tmp_path / "store").mkdir()
        return f"file://{tmp_path}/store"
    for name, value in request.getfixturevalue("s3").items():
        monkeypatch.setenv(name, value)
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    bucket = f"bucket-{os.getpid()}-{time.monotonic_ns()}"
    s3fs.S3FileSystem().mkdir(bucket)
    return f"s3://{bucket}/study"


def written(folder: Path, name: str, content: bytes) -> DataFile:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return DataFile(str(path), name, hashlib.sha256(content).hexdigest(), len(content))


@pytest.fixture
def files(tmp_path: Path) -> list[DataFile]:
    """Two cohort files of which each names a table by its place beside it; two tables are the same bytes."""
    home = tmp_path / "home"
    return [
        written(home, "cohorts/a.yaml", b"../tables/a.csv"),
        written(home, "cohorts/b.yaml", b"../tables/b.csv"),
        written(home, "tables/a.csv", b"0123456\n" * 9 * 2**17),
        written(home, "tables/b.csv", b"the same"),
        written(home, "tables/c.csv", b"the same"),
    ]


def test_data_come_as_they_were_sent_and_once(tmp_path: Path, store: str, files: list[DataFile]) -> None:
    notes: list[str] = []
    send_data(store, files, notes.append)
    send_data(store, files, notes.append)
    assert notes == [f"4 data files go to {store}, 9.0 MiB"]
    machine = tmp_path / "machine"
    with ThreadPoolExecutor(4) as pool:
        trees = set(pool.map(lambda _: fetch_data(store, files, machine, NODE), range(4)))
    (tree,) = trees
    for one in files:
        assert (tree / one.name).read_bytes() == Path(one.path).read_bytes()
    fs, root = open_place(store)
    fs.rm(f"{root}/data", recursive=True)
    assert fetch_data(store, files, machine, NODE) == tree
    assert sorted(path.name for path in (machine / "files").iterdir()) == sorted(
        {one.sha256 for one in files}
    )


def test_data_that_were_changed_on_the_way_are_refused(
    tmp_path: Path, store: str, files: list[DataFile]
) -> None:
    send_data(store, files, print)
    fs, root = open_place(store)
    fs.pipe_file(f"{root}/data/{files[3].sha256}", b"the sane")
    machine = tmp_path / "machine"
    with pytest.raises(NodeUnfit, match=r"is not tables/b\.csv as it was sent: remove it there"):
        fetch_data(store, files, machine, NODE)
    assert not list((machine / "files").glob("*.part"))
    fs.rm(f"{root}/data/{files[3].sha256}")
    fs.invalidate_cache()
    with pytest.raises(NodeUnfit, match=r"it cannot read tables/b\.csv from"):
        fetch_data(store, files, machine, NODE)
    send_data(store, files, print)
    fetch_data(store, files, machine, NODE)


@pytest.mark.parametrize("url", ["no-such-protocol://place", "file:///proc/no/such/place"])
def test_a_store_that_cannot_be_used_is_named(url: str, files: list[DataFile]) -> None:
    with pytest.raises(StoreUnusable, match=url):
        send_data(url, files, print)


def line(files: list[DataFile]) -> list[dict[str, Any]]:
    return [vars(one) for one in files]


@has_ray
def test_a_driver_takes_what_the_one_before_left_in_the_store(
    tmp_path: Path, store: str, files: list[DataFile]
) -> None:
    first, second = (tmp_path / name for name in ("first", "second"))
    jobs = [job(i, "copy", file="tables/b.csv") for i in range(3)] + [job(3, "fail")]
    # Machines see no study's folder: there is none.
    given = {"store": store, "data": line(files)}
    code, events = drive(tmp_path, settings(first, **given), jobs[:2] + jobs[3:])
    assert code == 0
    last = ends(events)
    assert [last[i]["event"] for i in (0, 1, 3)] == ["done", "done", "failed"]
    assert (first / "cells/0/copy.csv").read_text() == "the same"
    assert (first / ".grid/cells/3/log.txt").read_text() == "a line of the log\n"
    code, events = drive(tmp_path, settings(second, **given), jobs)
    assert {i: event["event"] for i, event in ends(events).items()} == {
        **dict.fromkeys(range(3), "done"),
        3: "failed",
    }
    assert [event["cell"] for event in events if event["event"] == "started"] == [2, 3]
    for name in ("copy.csv", "risks.csv", "result.json"):
        assert (second / "cells/1" / name).read_bytes() == (first / "cells/1" / name).read_bytes()
    assert not list(tmp_path.rglob("*.part"))


@has_ray
def test_refuses_a_store_that_cannot_be_used(tmp_path: Path, study: Path) -> None:
    given = settings(study, store="no-such-protocol://place")
    code, events = drive(tmp_path, given, [job(0, "write")])
    assert code == 2
    assert "no-such-protocol" in events[0]["reason"]


@has_ray
def test_a_node_that_reaches_another_store_is_named(
    tmp_path: Path, study: Path, files: list[DataFile]
) -> None:
    place = tmp_path / "store"
    place.mkdir()
    hidden = f'mount -t tmpfs tmpfs {place} && exec "$0" "$@"'
    if subprocess.run(["unshare", "-m", "sh", "-c", hidden, "true"], stderr=subprocess.DEVNULL).returncode:
        pytest.skip("no mount namespace can be made here")
    given = settings(study, store=f"file://{place}", data=line(files))
    with cluster(tmp_path, "1", before=["unshare", "-m", "sh", "-c", hidden]) as address:
        _, events = drive(
            tmp_path, {**given, "address": address}, [job(0, "write")], RAY_AUTH_TOKEN="the token"
        )
    failed = ends(events)[0]
    assert failed["kind"] == "node"
    assert "is not the store of this grid" in failed["reason"]


@has_ray
@pytest.mark.skipif(not HAS_S3, reason="s3fs and moto are not installed")
def test_nodes_that_see_neither_data_nor_study(
    tmp_path: Path, study: Path, files: list[DataFile], s3: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in s3.items():
        monkeypatch.setenv(name, value)
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    bucket = f"nodes-{os.getpid()}"
    s3fs.S3FileSystem().mkdir(bucket)
    hide = " && ".join(f"mount -t tmpfs tmpfs {place}" for place in (tmp_path / "home", study))
    hidden = f'{hide} && exec "$0" "$@"'
    if subprocess.run(["unshare", "-m", "sh", "-c", hidden, "true"], stderr=subprocess.DEVNULL).returncode:
        pytest.skip("no mount namespace can be made here")
    jobs = [job(i, "copy", file="tables/a.csv") for i in range(4)]
    given = settings(study, store=f"s3://{bucket}/study", data=line(files))
    with cluster(tmp_path, "1", "1", before=["unshare", "-m", "sh", "-c", hidden], **s3) as address:
        alone = {**given, "address": address, "store": None, "data": []}
        _, events = drive(tmp_path, alone, jobs[:1], RAY_AUTH_TOKEN="the token")
        assert "does not see the study's folder" in ends(events)[0]["reason"]
        there = {**given, "address": address}
        _, nodes = drive(tmp_path, there, jobs[:1], "doctor", RAY_AUTH_TOKEN="the token")
        assert [node.get("problem") for node in nodes if node["event"] == "node"] == [None, None]
        _, events = drive(tmp_path, there, jobs, RAY_AUTH_TOKEN="the token")
    assert {event["event"] for event in ends(events).values()} == {"done"}
    for i in range(4):
        assert (study / f"cells/{i}/copy.csv").read_bytes() == Path(files[2].path).read_bytes()
