"""Bring what a trainer wrote to where the study lies, each file whole or not at all, the result last."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from concord_bridge.grid.store import is_folder, open_place

RESULT = "result.json"


def publish(work: Path, results: str, *, keep_checkpoints: bool) -> None:
    """Copy everything in a working directory to the same places in `results`.

    A cell that has its result there already is left as it is.

    Args:
        work: the working directory.
        results: a folder, or a URL that fsspec opens.
        keep_checkpoints: copy them, too.

    Raises:
        OSError: if there is no room, or the place may not be written to; no part of a file is left there.
    """
    files = sorted(_files(work, keep_checkpoints), key=lambda path: (path.name == RESULT, path))
    fs, root = open_place(results)
    target = next((path for path in files if path.name == RESULT), None)
    if target is not None and fs.exists(f"{root}/{target.relative_to(work).as_posix()}"):
        return
    for path in files:
        put(fs, path, f"{root}/{path.relative_to(work).as_posix()}")


def put(fs: Any, source: Path, target: str) -> None:
    """Copy a file so that a reader finds the old one or the new one, never a part."""
    fs.makedirs(os.path.dirname(target), exist_ok=True)
    if not is_folder(fs):
        fs.put_file(str(source), target)
        return
    draft = f"{os.path.dirname(target)}/.{os.path.basename(target)}.{uuid.uuid4().hex}.part"
    try:
        fs.put_file(str(source), draft)
        os.replace(draft, target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, target) from error
    finally:
        if os.path.exists(draft):
            os.unlink(draft)


def _files(work: Path, keep_checkpoints: bool) -> Iterator[Path]:
    for path in work.rglob("*"):
        if not path.is_file() or path.name.endswith(".part"):
            continue
        if keep_checkpoints or "checkpoints" not in path.relative_to(work).parts:
            yield path
