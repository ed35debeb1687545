"""JSON that changes no number on its way between the stacks."""

from __future__ import annotations

import json
import math
import os
from typing import Any

LARGEST_INTEGER = 2**53 - 1
"""Beyond it, a JavaScript number loses digits."""


def to_json(value: Any) -> str:
    """Encode a value; NaN and infinities as {"$float": "NaN"}.

    Raises:
        TypeError: naming the place, for what JSON cannot carry whole. Tensors cross as files.
    """
    return json.dumps(_encode(value, "value"), allow_nan=False)


def from_json(text: str) -> Any:
    """The other way round; {"$float": "-0"} is the zero whose sign JavaScript's JSON drops."""
    return json.loads(text, object_hook=_decode)


def _encode(value: Any, place: str) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"$float": _spelling(value)}
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise TypeError(f"{place}: {value} is beyond 2**53 - 1 and would lose digits; return it as text")
        return int(value)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, list | tuple):
        return [_encode(item, f"{place}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, dict):
        return {_key(key, place): _encode(item, f"{place}.{key}") for key, item in value.items()}
    kind = type(value).__name__
    raise TypeError(f"{place}: expected None, bool, int, float, str, path, list, tuple or dict, got {kind}")


def _spelling(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _key(key: Any, place: str) -> str:
    if not isinstance(key, str) or key == "$float":
        raise TypeError(f"{place}: expected keys of text other than $float, got {key!r}")
    return key


def _decode(value: dict[str, Any]) -> Any:
    return float(value["$float"]) if value.keys() == {"$float"} else value
