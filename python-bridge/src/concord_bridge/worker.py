"""The door through which TypeScript calls Python: text in, text out, never an exception."""

from __future__ import annotations

import json
import os
import traceback

from concord_bridge.methods import find_method
from concord_bridge.wire import from_json, to_json


def ready() -> int:
    """This process's id. The channel is open now; what is started from here must not take it for its own."""
    os.environ.pop("NODE_CHANNEL_FD", None)
    return os.getpid()


def call(method: str, params_json: str) -> str:
    """Call a method.

    Args:
        method: its name.
        params_json: its parameters, a JSON object; see wire for floats that JSON has no word for.

    Returns:
        JSON: {"ok": true, "value": …} or {"ok": false, "error": {type, message, traceback}}. Errors are
        returned because the bridge beneath would lose their message; sys.exit and an interruption are errors
        too, because they would end the worker without a word.
    """
    try:
        params = from_json(params_json)
        return to_json({"ok": True, "value": find_method(method)(params)})
    except BaseException as error:
        return _failure(error)


def _failure(error: BaseException) -> str:
    try:
        message, trace = str(error), "".join(traceback.format_exception(error))
    except Exception as second:
        message, trace = f"(its message cannot be printed: {type(second).__name__})", traceback.format_exc()
    return json.dumps(
        {"ok": False, "error": {"type": type(error).__qualname__, "message": message, "traceback": trace}}
    )
