"""The methods that TypeScript can call, by name."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

Method = Callable[[dict[str, Any]], Any]

HOMES = {
    "parity": "concord_bridge.parity",
    "published": "concord_bridge.published.methods",
    "bench": "concord_bridge.bench",
    "debug": "concord_bridge.diagnostics",
    "environment": "concord_bridge.diagnostics",
}
"""First part of a method's name: the module that defines it. Imported when first called; torch takes seconds."""

_methods: dict[str, Method] = {}


def method(name: str) -> Callable[[Method], Method]:
    """Make a function callable from TypeScript as `name`."""

    def register(function: Method) -> Method:
        _methods[name] = function
        return function

    return register


def find_method(name: str) -> Method:
    """The function registered as `name`. Raises LookupError naming what there is."""
    home = HOMES.get(name.split(".")[0])
    if home:
        importlib.import_module(home)
    if name not in _methods:
        known = ", ".join(sorted(_methods) or sorted(HOMES))
        raise LookupError(f"no method named {name}; there are: {known}")
    return _methods[name]
