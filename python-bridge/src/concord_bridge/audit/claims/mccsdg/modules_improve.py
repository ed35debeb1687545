"""The paper's main table."""

from __future__ import annotations

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, cannot, number, text
from concord_bridge.audit.results import per_case_results

CLAIM = Claim(
    sentence="The module raises the cross-cancer C-index of its backbones.",
    kind="result",
    source="the paper, experiments",
    recorded="cannot be tested here",
    meaning=(
        "Nothing is said against the result: the release does not hold what a recomputation would need. "
        "An own run with public features tests the method, not this table."
    ),
    reads=("MCCSDG/README.md",),
)

NEEDED = "per-case risks with and without the module on each target cohort"


def check(at: Checkouts) -> Finding:
    """Look for per-case risks or weights in the release; without them there is nothing to compute."""
    found = per_case_results(at.root("MCCSDG"))
    return cannot(
        "no per-case risks of the runs with and without the module are public",
        number("files of results or weights in the release", len(found)),
        text("needed", NEEDED),
    )
