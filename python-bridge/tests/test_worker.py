from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord_bridge import worker
from concord_bridge.methods import find_method, method
from concord_bridge.wire import from_json, to_json

SOURCES = Path(__file__).parents[1] / "src"


def answer(name: str, **params: object) -> dict:
    return json.loads(worker.call(name, json.dumps(params)))


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text().filter(lambda key: key != "$float"), inner),
)


def same(a: object, b: object) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and a == b


class TestWire:
    @given(values)
    def test_everything_comes_back_as_it_went(self, value: object) -> None:
        text = to_json(value)
        json.loads(text, parse_constant=pytest.fail)  # NaN and Infinity are not JSON
        assert same(from_json(text), value)

    def test_negative_zero_keeps_its_sign(self) -> None:
        assert math.copysign(1, from_json('{"$float": "-0"}')) == -1

    def test_refuses_what_would_not_arrive_whole(self) -> None:
        with pytest.raises(TypeError, match=r"value\.seeds\[1\]: 9007199254740992 .* would lose digits"):
            to_json({"seeds": [1, 2**53]})
        with pytest.raises(TypeError, match=r"value\.file: expected .* got bytes"):
            to_json({"file": b"x"})
        with pytest.raises(TypeError, match="expected keys of text"):
            to_json({1: 2})

    def test_a_path_travels_as_text(self) -> None:
        assert to_json({"file": Path("a/b")}) == '{"file": "a/b"}'


class TestCall:
    def test_returns_the_value(self) -> None:
        assert answer("debug.echo", a=[1, None]) == {"ok": True, "value": {"a": [1, None]}}
        assert answer("ping") == {"ok": True, "value": {"pid": os.getpid()}}

    def test_carries_an_error_whole(self) -> None:
        error = answer("debug.raise", message="größer ≠ 木\nsecond line")["error"]
        assert (error["type"], error["message"]) == ("ValueError", "größer ≠ 木\nsecond line")
        assert error["traceback"].startswith("Traceback")
        assert "in fail" in error["traceback"]
        assert error["traceback"].endswith("ValueError: größer ≠ 木\nsecond line\n")

    @pytest.mark.parametrize(
        "raised", [SystemExit(3), KeyboardInterrupt(), GeneratorExit(), RecursionError("deep")]
    )
    def test_nothing_gets_past_it(self, raised: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(_: object) -> None:
            raise raised

        monkeypatch.setitem(sys.modules["concord_bridge.methods"]._methods, "debug.echo", fail)
        assert answer("debug.echo")["error"]["type"] == type(raised).__name__

    def test_an_error_whose_text_cannot_be_printed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Unprintable(Exception):
            def __str__(self) -> str:
                raise OSError("no text")

        def fail(_: object) -> None:
            raise Unprintable

        monkeypatch.setitem(sys.modules["concord_bridge.methods"]._methods, "debug.echo", fail)
        error = answer("debug.echo")["error"]
        assert (error["type"].split(".")[-1], error["message"][:30]) == (
            "Unprintable",
            "(its message cannot be printed",
        )

    def test_broken_json_is_an_error_too(self) -> None:
        assert json.loads(worker.call("ping", "{"))["error"]["type"] == "JSONDecodeError"

    def test_a_value_that_cannot_travel_is_an_error_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules["concord_bridge.methods"]._methods, "debug.echo", lambda _: {1, 2})
        assert "got set" in answer("debug.echo")["error"]["message"]

    def test_an_unknown_method_is_told_the_known_ones(self) -> None:
        error = answer("debug.eco")["error"]
        assert error["type"] == "LookupError"
        assert "no method named 'debug.eco'; there are: " in error["message"]
        assert "debug.echo" in error["message"]
        assert "no method named 'nothing'" in answer("nothing")["error"]["message"]

    def test_torch_is_not_imported_before_it_is_needed(self) -> None:
        code = (
            "import sys; from concord_bridge.worker import call; call('environment', '{}');"
            "sys.exit('torch' in sys.modules)"
        )
        assert subprocess.run([sys.executable, "-c", code], env=environment(), check=False).returncode == 0


class TestMethods:
    def test_a_name_is_taken_once_and_has_a_home(self) -> None:
        find_method("ping")
        with pytest.raises(ValueError, match=r"ping is taken by concord_bridge\.diagnostics\.ping"):
            method("ping")(lambda params: None)
        with pytest.raises(ValueError, match="its first part is not one of"):
            method("homeless.method")


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(SOURCES)}


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline, "still not so after 5 s"
        time.sleep(0.02)


def runs(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
class TestLifetime:
    HOST = """
import os, subprocess, sys, time
code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
launch = "from concord_bridge.lifetime import main; main()"
subprocess.run([sys.executable, "-c", launch, str(os.getpid()), sys.argv[1], "-c", code])
time.sleep(60)
"""

    def start(self, directory: Path) -> tuple[subprocess.Popen[str], int]:
        directory.mkdir()
        (directory / "weights").write_text("x")
        host = subprocess.Popen(
            [sys.executable, "-c", self.HOST, str(directory)],
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert host.stdout
        return host, int(host.stdout.readline())

    def end(self, host: subprocess.Popen[str]) -> None:
        host.kill()
        host.communicate()

    def test_a_killed_host_leaves_neither_process_nor_directory(self, tmp_path: Path) -> None:
        host, pid = self.start(tmp_path / "session")
        self.end(host)
        until(lambda: not runs(pid) and not (tmp_path / "session").exists())

    def test_the_directory_goes_even_if_both_are_killed(self, tmp_path: Path) -> None:
        host, _ = self.start(tmp_path / "session")
        os.killpg(host.pid, signal.SIGKILL)
        host.communicate()
        until(lambda: not (tmp_path / "session").exists())

    def test_an_interrupt_is_left_to_the_host(self, tmp_path: Path) -> None:
        host, pid = self.start(tmp_path / "session")
        os.kill(pid, signal.SIGINT)
        time.sleep(0.2)
        assert runs(pid)
        self.end(host)

    def test_a_worker_that_ends_leaves_the_directory_to_a_living_host(self, tmp_path: Path) -> None:
        host, pid = self.start(tmp_path / "session")
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.3)
        assert (tmp_path / "session").exists()
        self.end(host)
        until(lambda: not (tmp_path / "session").exists())
