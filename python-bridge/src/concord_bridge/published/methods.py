"""Methods about published classes that TypeScript can call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from concord_bridge.methods import method
from concord_bridge.published.checkout import MCCSDG, SURVPATH, find_checkout
from concord_bridge.published.module import failures


@method("published.check")
def check(params: dict[str, Any]) -> dict[str, str]:
    """Where the checkouts in `published` lie. Raises PublishedError for a missing one or another commit."""
    folder = Path(params["published"])
    return {one.name: str(find_checkout(folder, one)) for one in (SURVPATH, MCCSDG)}


@method("published.failures")
def published_failures(params: dict[str, Any]) -> list[dict[str, Any]]:
    """How the published MCCSDG class fails on bags of `weak` and `strong` tokens."""
    return failures(Path(params["published"]), params["weak"], params["strong"])
