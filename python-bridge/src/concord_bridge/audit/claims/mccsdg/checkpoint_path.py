"""D11: which checkpoint the test script loads."""

from __future__ import annotations

import ast

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table
from concord_bridge.audit.source import tree_of

CLAIM = Claim(
    sentence="The test script evaluates the checkpoint of the run that its arguments name.",
    kind="protocol",
    source="HopkinsKwong/MCCSDG@48d5410, test_specific.py",
    recorded="fails",
    meaning=(
        "The paths are written in the script, on its authors' machine, so whoever runs it has to edit it "
        "first. The released files give no checkpoint to compare with."
    ),
    reads=("MCCSDG/test_specific.py",),
    register=("D11",),
)


def check(at: Checkouts) -> Finding:
    """Find absolute paths among the script's literals; comments do not count."""
    found = sorted(
        {
            (node.lineno, node.value.rsplit("/", 1)[-1])
            for node in ast.walk(tree_of(at.path(CLAIM.reads[0])))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("/")
        }
    )
    return decide(
        not found,
        "no path is written in the script",
        "paths are written in the script",
        table("absolute paths", ("line", "last part"), found[:10]),
    )
