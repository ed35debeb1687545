"""What comes of a cell."""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["done", "left", "program", "system", "time", "memory", "node", "disk"]

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True)
class Outcome:
    """Done with a result; left with a checkpoint, because it was to stop; or failed with a reason."""

    kind: Kind
    result: dict[str, Any] | None = None
    reason: str = ""


class TrainerKilled(Exception):
    """Somebody ended the trainer: the system, for want of memory, or a person. Worth another try."""


class NodeUnfit(Exception):
    """This machine, by Ray's id and its name, cannot run cells; others may."""

    def __init__(self, node: str, reason: str) -> None:
        super().__init__(node, reason)
        self.node = node
        self.reason = reason


def refused(reason: str) -> Outcome:
    """The trainer said no; where it was for want of room on a disk, that is the kind."""
    return Outcome("disk" if re.search(r"\b(ENOSPC|EDQUOT|EFBIG)\b", reason) else "program", reason=reason)
