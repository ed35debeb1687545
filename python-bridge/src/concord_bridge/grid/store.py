"""An object store between machines that share no folder: data go there once, and results come back from it.

What lies in it is named by what it is: `data/<sha256>` is a file; what a cell wrote is below `cells/<hash>`,
by the hash of all that determines it, its result last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SEEN = "concord-store.json"
"""Put there first: a machine that does not see it reaches another store, or none."""


class StoreUnusable(Exception):
    """The store cannot be reached, or holds other than it should; the message says what to do."""


@dataclass(frozen=True)
class DataFile:
    """A file that cells read."""

    path: str
    """Where the driver has it."""
    name: str
    """Its place below the folder that all files of the grid share."""
    sha256: str
    size: int


def open_place(url: str) -> tuple[Any, str]:
    """The file system of a folder or URL, and its root there.

    Raises:
        StoreUnusable: if no file system is known by its protocol, or its package is not installed.
    """
    import fsspec

    try:
        fs, root = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise StoreUnusable(f"{url}: {error}") from error
    return fs, root.rstrip("/")


def is_folder(fs: Any) -> bool:
    """Whether files may be seen half written there; an object appears whole."""
    protocols = (fs.protocol,) if isinstance(fs.protocol, str) else tuple(fs.protocol)
    return "file" in protocols
