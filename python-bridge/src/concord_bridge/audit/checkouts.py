"""The checkouts of an audit, as a check sees them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from concord_bridge.published.checkout import load_module


@dataclass(frozen=True)
class Checkouts:
    """Folders of published code; what is loaded from them runs as it stands there."""

    folder: Path

    def root(self, name: str) -> Path:
        """The checkout of that name."""
        return (self.folder / name).resolve()

    def path(self, file: str) -> Path:
        """A file, `<checkout>/<path>`."""
        name, _, inside = file.partition("/")
        return self.root(name) / inside

    def text(self, file: str) -> str:
        """What a file says."""
        return self.path(file).read_text(encoding="utf-8")

    def load(
        self, file: str, package: str = "", unused: Sequence[str] = (), beside: Sequence[str] = ()
    ) -> ModuleType:
        """A Python file as a module; see load_module.

        Args:
            file: `<checkout>/<path>`.
            package, unused: see load_module.
            beside: names of other checkouts that hold packages which the file imports.
        """
        name, _, inside = file.partition("/")
        return load_module(self.root(name), inside, package, unused, [self.root(one) for one in beside])

    @contextmanager
    def inside(self, name: str) -> Iterator[Path]:
        """Work in a checkout, for code that opens files by paths relative to it."""
        before = Path.cwd()
        root = self.root(name)
        os.chdir(root)
        try:
            yield root
        finally:
            os.chdir(before)
