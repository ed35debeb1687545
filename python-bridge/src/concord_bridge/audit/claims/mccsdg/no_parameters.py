"""What the module adds to a network."""

from __future__ import annotations

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number

CLAIM = Claim(
    sentence="The module adds no parameters and no state to a network.",
    kind="code",
    source="HopkinsKwong/MCCSDG@48d5410, models/model_SurvPath(MCCSDG).py, class MCCSDG",
    recorded="holds",
    meaning="Checkpoints of a network with and without the module are interchangeable.",
    reads=("MCCSDG/models/model_SurvPath(MCCSDG).py",),
)


def check(at: Checkouts) -> Finding:
    """Count the parameters and the state of a module as it is made."""
    module = at.load(CLAIM.reads[0]).MCCSDG()
    count, state = sum(one.numel() for one in module.parameters()), len(module.state_dict())
    return decide(
        count + state == 0,
        "it has neither",
        "it has some",
        number("parameters", count),
        number("entries of state", state),
    )
