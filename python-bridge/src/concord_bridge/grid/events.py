"""What trainers say while they run, on its way to the driver."""

from __future__ import annotations

from typing import Any


class Events:
    """A Ray actor beside the driver. What is in it when it dies is lost: results do not go this way."""

    LIMIT = 10_000

    def __init__(self) -> None:
        self.waiting: list[tuple[int, dict[str, Any]]] = []

    def put(self, cell: int, event: dict[str, Any]) -> None:
        """Keep an event of a cell, unless nobody has taken any for long."""
        if len(self.waiting) < self.LIMIT:
            self.waiting.append((cell, event))

    def take(self) -> list[tuple[int, dict[str, Any]]]:
        """Everything since the last time."""
        taken, self.waiting = self.waiting, []
        return taken
