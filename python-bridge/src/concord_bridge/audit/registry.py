"""The claims that there are, read from their files without running them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from concord_bridge.audit.claim import Claim

CLAIMS = Path(__file__).parent / "claims"


@dataclass(frozen=True)
class ClaimFile:
    """A file of the registry: its claim, or what is wrong with it."""

    id: str
    """`<paper>/<name>`, which is where it lies."""
    paper: str
    path: Path
    claim: Claim | None
    problem: str = ""


def claim_files(folder: Path = CLAIMS) -> list[ClaimFile]:
    """Every claim of a folder, in the order of their names; one that cannot be read says why."""
    paths = sorted(path for path in folder.glob("*/*.py") if path.name != "__init__.py")
    return [_read(path) for path in paths]


def _read(path: Path) -> ClaimFile:
    paper, name = path.parent.name, path.stem
    identity = f"{paper}/{name.replace('_', '-')}"
    try:
        return ClaimFile(identity, paper, path, claim_of(path.read_text(encoding="utf-8")))
    except (SyntaxError, ValueError, TypeError) as error:
        return ClaimFile(identity, paper, path, None, f"{path.name}: {error}")


def claim_of(source: str) -> Claim:
    """The `CLAIM = Claim(…)` of a file's text: read, not run, so that no file can stop the listing.

    Raises:
        SyntaxError: if the text is no Python.
        ValueError: if it has no such assignment, no `check`, or its values are not literals.
        TypeError: if a field is missing or unknown.
    """
    tree = ast.parse(source)
    if not any(isinstance(part, ast.FunctionDef) and part.name == "check" for part in tree.body):
        raise ValueError("has no function check")
    for part in tree.body:
        if not isinstance(part, ast.Assign) or not isinstance(part.value, ast.Call):
            continue
        if [getattr(target, "id", "") for target in part.targets] == ["CLAIM"]:
            values = {str(word.arg): ast.literal_eval(word.value) for word in part.value.keywords}
            return Claim(**values)
    raise ValueError("has no CLAIM = Claim(…)")
