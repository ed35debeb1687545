"""What a claim is: where it was said, what it says in our words, and the verdict that was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["code", "data", "protocol", "result"]
Verdict = Literal["holds", "fails", "cannot be tested here"]

KINDS: tuple[Kind, ...] = get_args(Kind)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True)
class Claim:
    """One sentence of a paper or of its code that a run can confirm or refute.

    Raises:
        ValueError: for a kind or a verdict that there is not, or an empty sentence or source.
    """

    sentence: str
    """What is claimed, in our words; it is true or false."""
    kind: Kind
    source: str
    """file@commit and lines, or the section of the paper."""
    recorded: Verdict
    """The verdict of the last recorded run; a run that finds another one says so and exits 1."""
    meaning: str
    """What the verdict implies, and what it does not."""
    reads: tuple[str, ...] = ()
    """Files that the check needs, each `<checkout>/<path>`."""
    register: tuple[str, ...] = ()
    """Rows of the defect register that this claim answers."""
    packages: tuple[str, ...] = ()
    """Python packages, beyond those of every run, that the check imports."""

    def __post_init__(self) -> None:
        """Refuse what is no claim."""
        if self.kind not in KINDS:
            raise ValueError(f"kind is {self.kind!r}; expected one of {', '.join(KINDS)}")
        if self.recorded not in VERDICTS:
            raise ValueError(f"recorded is {self.recorded!r}; expected one of {', '.join(VERDICTS)}")
        for name in ("sentence", "source", "meaning"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name} is empty")
        for path in self.reads:
            if "/" not in path or path.startswith("/") or ".." in path.split("/"):
                raise ValueError(f"reads {path!r}; expected <checkout>/<path>")
