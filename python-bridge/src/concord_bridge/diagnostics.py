"""Methods that say what this side is, and that make it fail on purpose."""

from __future__ import annotations

import os
import platform
import sys
import time
from importlib import metadata
from typing import Any

from concord_bridge.methods import method


@method("ping")
def ping(params: dict[str, Any]) -> dict[str, int]:
    """Show that the worker answers."""
    return {"pid": os.getpid()}


@method("environment")
def environment(params: dict[str, Any]) -> dict[str, Any]:
    """Versions of this side, without importing them; None for a package that is not installed.

    `threads` is how many torch uses; until something else has imported torch, how many processors
    this process may use, which is what torch starts from.
    """
    torch = sys.modules.get("torch")
    return {
        "python": platform.python_version(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "pid": os.getpid(),
        "threads": torch.get_num_threads() if torch else _processors(),
        **{name: _version(name) for name in ("torch", "numpy", "safetensors")},
    }


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


@method("debug.echo")
def echo(params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters."""
    return params


@method("debug.sleep")
def sleep(params: dict[str, Any]) -> None:
    """Be busy for `seconds`."""
    time.sleep(params["seconds"])


@method("debug.print")
def say(params: dict[str, Any]) -> None:
    """Print `text` to standard output and to standard error."""
    print(params["text"])
    print(params["text"], file=sys.stderr)


@method("debug.raise")
def fail(params: dict[str, Any]) -> None:
    """Raise a ValueError with `message`."""
    raise ValueError(params["message"])


@method("debug.exit")
def leave(params: dict[str, Any]) -> None:
    """End the worker at once with exit code `code`, or with SystemExit if `politely`."""
    if params.get("politely"):
        sys.exit(params["code"])
    os._exit(params["code"])
