"""Methods that say what this side is, and that make it fail on purpose."""

from __future__ import annotations

import os
import platform
import sys
import time
from importlib import metadata
from typing import Any

from concord_bridge.methods import method


@method("environment")
def environment(params: dict[str, Any]) -> dict[str, Any]:
    """Versions of this side; None for a package that is not installed."""
    return {
        "python": platform.python_version(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "pid": os.getpid(),
        **{name: _version(name) for name in ("torch", "numpy", "safetensors")},
    }


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


@method("debug.raise")
def fail(params: dict[str, Any]) -> None:
    """Raise a ValueError with `message`."""
    raise ValueError(params["message"])
