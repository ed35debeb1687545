"""The papers that are audited and the checkouts of their code: a `paper.json` in each folder of claims."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Checkout:
    """A repository at the commit that was read."""

    name: str
    """Its folder among the checkouts."""
    source: str
    """owner/name."""
    commit: str


@dataclass(frozen=True)
class Paper:
    """What a folder of claims is about."""

    title: str
    introduction: str
    """What the paper offers and what was looked at, for its page."""
    checkouts: tuple[Checkout, ...]


def read_paper(folder: Path) -> Paper:
    """The `paper.json` of a folder of claims.

    Raises:
        ValueError: if it is missing, is no JSON, or lacks a field.
    """
    path = folder / "paper.json"
    if not path.exists():
        raise ValueError(f"{folder.name}: has no paper.json; concord audit new writes one")
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        checkouts = tuple(Checkout(**one) for one in found["checkouts"])
        return Paper(found["title"], found["introduction"], checkouts)
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"{folder.name}/paper.json: {error}") from error
