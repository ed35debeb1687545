"""The methods that TypeScript can call, by name."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

Method = Callable[[dict[str, Any]], Any]

HOMES = {
    "bench": "concord_bridge.bench",
    "debug": "concord_bridge.diagnostics",
    "environment": "concord_bridge.diagnostics",
    "parity": "concord_bridge.parity",
    "peers": "concord_bridge.peers",
    "ping": "concord_bridge.diagnostics",
    "published": "concord_bridge.published.methods",
    "training": "concord_bridge.training",
}
"""First part of a method's name: its module, imported when first called because torch takes seconds."""

_methods: dict[str, Method] = {}


def method(name: str) -> Callable[[Method], Method]:
    """Make a function callable from TypeScript as `name`.

    Raises:
        ValueError: if its first part has no entry in HOMES, or the name is taken.
    """
    if _family(name) not in HOMES:
        raise ValueError(f"{name}: its first part is not one of {', '.join(HOMES)}")

    def register(function: Method) -> Method:
        taken = _methods.get(name)
        if taken and taken.__qualname__ != function.__qualname__:
            raise ValueError(f"{name} is taken by {taken.__module__}.{taken.__qualname__}")
        _methods[name] = function
        return function

    return register


def find_method(name: str) -> Method:
    """The function registered as `name`, its module imported if need be.

    Raises:
        LookupError: naming the methods that there are.
    """
    home = HOMES.get(_family(name))
    if home and name not in _methods:
        importlib.import_module(home)
    if name not in _methods:
        raise LookupError(f"no method named {name!r}; there are: {', '.join(_known())}")
    return _methods[name]


def _known() -> list[str]:
    """Names of the methods seen so far, and of the families whose modules are not imported yet."""
    seen = {_family(name) for name in _methods}
    return sorted([*_methods, *(f"{family}.…" for family in HOMES if family not in seen)])


def _family(name: str) -> str:
    return name.partition(".")[0]
