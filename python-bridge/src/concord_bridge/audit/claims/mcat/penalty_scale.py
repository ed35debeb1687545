"""D21: the scale of the L1 penalty."""

from __future__ import annotations

from concord_bridge.audit.accumulation import gradient_of_an_epoch
from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table

CLAIM = Claim(
    sentence=(
        "The L1 penalty weighs as much against the loss as its coefficient says, however many cases make "
        "a step."
    ),
    kind="protocol",
    source="mahmoodlab/MCAT@b9cca63, utils/core_utils.py, lines 234 and 247",
    recorded="fails",
    meaning=(
        "The loss is divided by the number of cases in a step and the penalty is not, so with 32 to a "
        "step it weighs 32 times its coefficient. It has to be reproduced to repeat the figures, and "
        "stated to be comparable."
    ),
    reads=("MCAT/utils/core_utils.py",),
    register=("D21",),
)

PENALTY = 0.5


def check(at: Checkouts) -> Finding:
    """Gradient of a step with and without a penalty of 0.5 on a weight of 1, at several sizes of a step."""
    rows = []
    for accumulate in (1, 4, 32):
        _, without = gradient_of_an_epoch(at.path(CLAIM.reads[0]), accumulate, accumulate)
        _, with_it = gradient_of_an_epoch(at.path(CLAIM.reads[0]), accumulate, accumulate, PENALTY)
        rows.append((accumulate, without[0], with_it[0] - without[0]))
    return decide(
        all(abs(row[2] - PENALTY) < 1e-6 for row in rows),
        "the penalty keeps its weight",
        "the penalty grows with the number of cases to a step",
        table("gradients", ("cases to a step", "of the loss", "of the penalty"), rows),
    )
