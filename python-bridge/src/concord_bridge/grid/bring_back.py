"""Bring what a cell left in the store to the study: each file whole or not at all, its result last."""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import Any

from concord_bridge.grid.outcome import NO_ROOM
from concord_bridge.grid.publish import RESULT
from concord_bridge.grid.store import StoreUnusable, open_place


def bring_back(url: str, study: str) -> dict[str, Any] | None:
    """Copy everything below `url` to the same places in the study.

    Args:
        url: of one cell in the store.
        study: a folder.

    Returns:
        The cell's result; None if it has none there, in which case its log is all that is copied.

    Raises:
        OSError: if there is no room.
        StoreUnusable: if the store cannot be read.
    """
    try:
        return _copy(url, Path(study))
    except OSError as error:
        if error.errno in NO_ROOM:
            raise
        raise StoreUnusable(f"{url} cannot be brought to {study}: {error}") from error
    except Exception as error:  # every file system has errors of its own
        raise StoreUnusable(f"{url} cannot be brought to {study}: {error}") from error


def _copy(url: str, study: Path) -> dict[str, Any] | None:
    fs, root = open_place(url)
    fs.invalidate_cache()
    whole = (path for path in fs.find(root) if not path.endswith(".part"))
    result = None
    for path in sorted(whole, key=lambda path: (os.path.basename(path) == RESULT, path)):
        target = study / os.path.relpath(path, root)
        _get(fs, path, target)
        if target.name == RESULT:
            result = json.loads(target.read_text())
    return result


def _get(fs: Any, source: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        fs.get_file(source, str(draft))
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
