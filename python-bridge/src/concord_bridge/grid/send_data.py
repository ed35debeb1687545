"""Bring the data of a grid to its store, each file once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from concord_bridge.grid.publish import put
from concord_bridge.grid.store import SEEN, DataFile, StoreUnusable, is_folder, open_place

MEBIBYTE = 2**20


def send_data(url: str, files: Sequence[DataFile], note: Callable[[str], None]) -> None:
    """Copy what the store does not have yet.

    Args:
        url: of the store.
        files: what cells read.
        note: is told how much goes there, before it does.

    Raises:
        StoreUnusable: if the store cannot be written to.
    """
    fs, root = open_place(url)
    try:
        fs.invalidate_cache()
        if is_folder(fs):
            fs.makedirs(root, exist_ok=True)
        missing = {one.sha256: one for one in files if not _has(fs, f"{root}/data/{one.sha256}", one.size)}
        if missing:
            size = sum(one.size for one in missing.values()) / MEBIBYTE
            note(f"{len(missing)} data files go to {url}, {size:.1f} MiB")
        for one in missing.values():
            put(fs, Path(one.path), f"{root}/data/{one.sha256}")
        if not fs.exists(f"{root}/{SEEN}"):
            fs.pipe_file(f"{root}/{SEEN}", b'{"schema": "concord.store/1"}\n')
    except Exception as error:  # every file system has errors of its own
        raise StoreUnusable(f"--store {url}: {error or type(error).__name__}") from error


def _has(fs: Any, path: str, size: int) -> bool:
    try:
        return int(fs.info(path)["size"]) == size
    except FileNotFoundError:
        return False
