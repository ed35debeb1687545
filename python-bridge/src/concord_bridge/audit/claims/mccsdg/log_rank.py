"""The paper's survival curves."""

from __future__ import annotations

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, cannot, number, text
from concord_bridge.audit.results import per_case_results

CLAIM = Claim(
    sentence=(
        "The log-rank test separates high from low risk with p 0.0386 (BRCA to BLCA), 0.0096 (BRCA to "
        "HNSC), 0.0025 (STAD to BLCA) and 0.0133 (STAD to HNSC)."
    ),
    kind="result",
    source="the paper, experiments",
    recorded="cannot be tested here",
    meaning=(
        "Nothing is said against the result: the release does not hold what a recomputation would need. "
        "An own run with public features tests the method, not this table."
    ),
    reads=("MCCSDG/README.md",),
)

NEEDED = "risk group, time and event of each target case of the four curves"


def check(at: Checkouts) -> Finding:
    """Look for per-case risks or weights in the release; without them there is nothing to compute."""
    found = per_case_results(at.root("MCCSDG"))
    return cannot(
        "the risk groups of the four curves are not public",
        number("files of results or weights in the release", len(found)),
        text("needed", NEEDED),
    )
