"""D6: the rebalancing that the title names."""

from __future__ import annotations

import re

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number, table, text

CLAIM = Claim(
    sentence=(
        "The release holds the Dirac rebalancing of the paper's title: code that weighs, balances or "
        "chooses modalities."
    ),
    kind="code",
    source="Title and method section of the paper; HopkinsKwong/MCCSDG@48d5410, all Python files",
    recorded="fails",
    meaning=(
        "No name, comment or text in the released Python speaks of Dirac or of rebalancing, and masking "
        "treats both modalities alike. The README presents the masking as what is needed, so that the "
        "paper may mean that by the term; then the title's word has no separate counterpart in code."
    ),
    reads=("MCCSDG/README.md", "MCCSDG/models/model_SurvPath(MCCSDG).py"),
    register=("D6",),
)

WORDS = re.compile(r"dirac|rebalanc", re.IGNORECASE)


def check(at: Checkouts) -> Finding:
    """Search every Python file, and the README for comparison."""
    root = at.root("MCCSDG")
    files = sorted(root.rglob("*.py"))
    found = [
        (str(file.relative_to(root)), number_, line.strip())
        for file in files
        for number_, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if WORDS.search(line)
    ]
    readme = len(WORDS.findall(at.text("MCCSDG/README.md")))
    return decide(
        bool(found),
        "Python files speak of it",
        "no Python file speaks of it",
        number("Python files searched", len(files)),
        text("searched for", WORDS.pattern),
        number("times in the README, title included", readme),
        table("lines", ("file", "line", "text"), found[:20]),
    )
