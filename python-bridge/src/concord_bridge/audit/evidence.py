"""What a check shows for its verdict: numbers, small tensors, tables, texts."""

from __future__ import annotations

import math
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from concord_bridge.audit.claim import Verdict

Cell = str | float | int | bool | None

MOST_VALUES = 256
"""A tensor of evidence is meant to be read."""


@dataclass(frozen=True)
class Finding:
    """The verdict of a check, the reason in a sentence, and what was seen."""

    verdict: Verdict
    why: str
    evidence: list[dict[str, Any]] = field(default_factory=list)


def holds(why: str, *evidence: dict[str, Any]) -> Finding:
    """The claim is true of what was run."""
    return Finding("holds", why, list(evidence))


def fails(why: str, *evidence: dict[str, Any]) -> Finding:
    """The claim is not true of what was run."""
    return Finding("fails", why, list(evidence))


def cannot(why: str, *evidence: dict[str, Any]) -> Finding:
    """The claim cannot be tested here, and why."""
    return Finding("cannot be tested here", why, list(evidence))


def decide(true: bool, why_holds: str, why_fails: str, *evidence: dict[str, Any]) -> Finding:
    """Holds or fails, each with its own sentence, on the same evidence."""
    return holds(why_holds, *evidence) if true else fails(why_fails, *evidence)


def number(name: str, value: float | int, unit: str = "") -> dict[str, Any]:
    """One number."""
    return {"name": name, "number": _cell(value), **({"unit": unit} if unit else {})}


def text(name: str, value: str) -> dict[str, Any]:
    """Words: a message, a path, an output."""
    return {"name": name, "text": value}


def tensor(name: str, value: Any) -> dict[str, Any]:
    """A small tensor or array, whole.

    Raises:
        ValueError: if it has more than MOST_VALUES values.
    """
    shape = [int(size) for size in value.shape]
    if math.prod(shape) > MOST_VALUES:
        raise ValueError(f"{name}: {shape} has more than {MOST_VALUES} values; show a part of it")
    return {
        "name": name,
        "tensor": {"shape": shape, "values": [_cell(one) for one in value.reshape(-1).tolist()]},
    }


def table(name: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> dict[str, Any]:
    """Rows of cells beneath named columns.

    Raises:
        ValueError: if a row has another number of cells.
    """
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"{name}: a row has {len(row)} cells for {len(columns)} columns")
    return {
        "name": name,
        "table": {"columns": list(columns), "rows": [[_cell(one) for one in row] for row in rows]},
    }


def failure(name: str, error: BaseException, root: Path) -> dict[str, Any]:
    """An exception of published code: its type, its message, and the last of its lines that is in `root`."""
    inside = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(root)
    ]
    where = f"{Path(inside[-1].filename).relative_to(root)}, line {inside[-1].lineno}: " if inside else ""
    message = str(error).splitlines()[0] if str(error) else "no message"
    return text(name, f"{where}{type(error).__name__}: {message}")


def _cell(value: Any) -> Cell:
    """JSON has no NaN and no infinity; they are written as words."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        return float(f"{value:.6g}")
    return value
