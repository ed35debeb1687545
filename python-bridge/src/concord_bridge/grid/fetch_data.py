"""Have the data of a grid on this machine: fetched from the store once, verified, kept for the next cell."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from concord_bridge.grid.outcome import NodeUnfit
from concord_bridge.grid.store import DataFile, open_place

CHUNK = 8 * 2**20


def fetch_data(url: str, files: Sequence[DataFile], home: Path, node: str) -> Path:
    """A folder with the files at the places that they have with the driver.

    Args:
        url: of the store.
        files: what cells read.
        home: where this machine keeps data; cells that begin at once wait for each other there.
        node: this machine: Ray's id of it, and its name.

    Raises:
        NodeUnfit: if the store cannot be read from here, or has other bytes than were sent.
        OSError: if there is no room.
    """
    store = home / "files"
    store.mkdir(parents=True, exist_ok=True)
    for one in files:
        target = store / one.sha256
        if target.exists():
            continue
        with open(store / f"{one.sha256}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not target.exists():
                _fetch(url, one, target, node)
        Path(lock.name).unlink(missing_ok=True)
    return _tree(files, store, home / "trees")


def _fetch(url: str, one: DataFile, target: Path, node: str) -> None:
    draft = target.with_suffix(".part")
    digest = hashlib.sha256()
    source = _open(url, one, node)
    try:
        with source, open(draft, "wb") as out:
            while chunk := _read(source, url, one, node):
                digest.update(chunk)
                out.write(chunk)
        if digest.hexdigest() != one.sha256:
            place = f"{url}/data/{one.sha256}"
            raise NodeUnfit(
                node, f"{place} is not {one.name} as it was sent: remove it there, and run the grid again"
            )
        os.replace(draft, target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from error
    finally:
        draft.unlink(missing_ok=True)


def _open(url: str, one: DataFile, node: str) -> Any:
    try:
        fs, root = open_place(url)
        return fs.open(f"{root}/data/{one.sha256}", "rb", block_size=CHUNK, cache_type="readahead")
    except Exception as error:  # every file system has errors of its own
        raise NodeUnfit(node, f"it cannot read {one.name} from {url}: {error}") from error


def _read(source: Any, url: str, one: DataFile, node: str) -> bytes:
    try:
        return bytes(source.read(CHUNK))
    except Exception as error:
        raise NodeUnfit(node, f"reading {one.name} from {url} broke off: {error}") from error


def _tree(files: Sequence[DataFile], store: Path, trees: Path) -> Path:
    """Links to the files, in folders as the driver's: cohort files name others by their place beside them."""
    listing = json.dumps(sorted((one.name, one.sha256) for one in files))
    tree = trees / hashlib.sha256(listing.encode()).hexdigest()[:32]
    if tree.exists():
        return tree
    draft = trees / f".{tree.name}.{uuid.uuid4().hex}"
    for one in files:
        link = draft / one.name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(store / one.sha256)
    try:
        os.rename(draft, tree)
    except OSError:  # another cell was first
        shutil.rmtree(draft)
    return tree
