"""Results come to the study whole or not at all, in a folder as in an object store."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import fsspec
import pytest

from concord_bridge.grid.process_tree import resident_bytes
from concord_bridge.grid.publish import open_place, publish


@pytest.fixture
def work(tmp_path: Path) -> Path:
    cell = tmp_path / "work" / "cells" / "one"
    (cell / "checkpoints").mkdir(parents=True)
    for name in ("result.json", "risks.csv", "checkpoints/1.safetensors", ".risks.csv.7.part"):
        (cell / name).write_text(name)
    return tmp_path / "work"


@pytest.fixture(params=["folder", "memory"])
def results(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "study") if request.param == "folder" else f"memory://{uuid.uuid4().hex}"


def names(results: str) -> list[str]:
    fs, root = open_place(results)
    return sorted(path.split("/cells/one/")[1] for path in fs.find(root))


def test_brings_every_file_but_halves_and_checkpoints(work: Path, results: str) -> None:
    publish(work, results, keep_checkpoints=False)
    assert names(results) == ["result.json", "risks.csv"]
    publish(work, results + "-kept", keep_checkpoints=True)
    assert names(results + "-kept") == ["checkpoints/1.safetensors", "result.json", "risks.csv"]


def test_leaves_a_result_that_is_there(work: Path, results: str) -> None:
    publish(work, results, keep_checkpoints=False)
    (work / "cells/one/risks.csv").write_text("another attempt")
    publish(work, results, keep_checkpoints=False)
    fs, root = open_place(results)
    assert fs.cat_file(f"{root}/cells/one/risks.csv") == b"risks.csv"


def test_brings_the_result_last(work: Path, results: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fs, _ = open_place(results)
    put = type(fs).put_file

    def failing(self: fsspec.AbstractFileSystem, source: str, target: str) -> None:
        if source.endswith("risks.csv"):
            raise OSError(28, "No space left on device", target)
        put(self, source, target)

    monkeypatch.setattr(type(fs), "put_file", failing)
    with pytest.raises(OSError, match=r"No space left on device: .*risks\.csv"):
        publish(work, results, keep_checkpoints=False)
    assert names(results) == []


def test_resident_bytes_count_children_and_end_with_the_process() -> None:
    own = resident_bytes(os.getpid())
    assert own > 2**20
    (ready, say_ready), (ended, end) = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        held = bytearray(os.urandom(2**20)) * 64
        os.write(say_ready, b"x")
        os.read(ended, len(held))
        os._exit(0)
    os.read(ready, 1)
    assert resident_bytes(os.getpid()) > own + 60 * 2**20
    os.write(end, b"x")
    os.waitpid(child, 0)
    assert resident_bytes(child) == 0
