"""D30: the network of the root file."""

from __future__ import annotations

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, fails, failure, holds

CLAIM = Claim(
    sentence="The network of the repository's root file can be made.",
    kind="code",
    source="lixiaotong97/DSU@82a1de0, dsu.py, lines 166 and 279",
    recorded="fails",
    meaning=(
        "It hands its module an argument that the module does not take. The copies in the sub-projects, "
        "on which the paper's experiments rest, take it."
    ),
    reads=("DSU/dsu.py",),
    register=("D30",),
)


def check(at: Checkouts) -> Finding:
    """Make it without downloaded weights."""
    try:
        at.load(CLAIM.reads[0]).uresnet18(pretrained=False)
    except TypeError as error:
        return fails("making it raises", failure("uresnet18", error, at.root("DSU")))
    return holds("it is made")
