"""The door through which TypeScript calls Python: text in, text out, never an exception."""

from __future__ import annotations

import json
import math
import os
import sys
import traceback
from typing import Any

from concord_bridge import lifetime
from concord_bridge.methods import find_method


def start(parent: int, directory: str, log: str) -> int:
    """Tie this process to its parent, and send what it prints to a file: the terminal is not ours.

    Args:
        parent: process id of the caller.
        directory: folder for tensors, removed if the parent is killed.
        log: file for standard output and standard error.
    """
    lifetime.bind(parent, directory)
    sys.stdout.flush()
    sys.stderr.flush()
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)
    return os.getpid()


def respond(name: str, params: str) -> str:
    """Call a method.

    Args:
        name: of the method.
        params: its parameters, a JSON object. Floats that JSON has no word for travel as {"$float": "NaN"}.

    Returns:
        JSON: {"ok": true, "value": …} or {"ok": false, "error": {type, message, traceback}}. Errors are
        returned because the bridge beneath would lose their message.
    """
    try:
        value = find_method(name)(json.loads(params, object_hook=_decode))
        return json.dumps({"ok": True, "value": _encode(value)}, allow_nan=False)
    except BaseException as error:
        return json.dumps(
            {
                "ok": False,
                "error": {
                    "type": type(error).__name__,
                    "message": str(error),
                    "traceback": traceback.format_exc(),
                },
            }
        )


def _encode(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}
    if isinstance(value, dict):
        return {str(key): _encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encode(item) for item in value]
    return value


def _decode(value: dict[str, Any]) -> Any:
    return float(value["$float"]) if value.keys() == {"$float"} else value
