"""D21: gradients that cross epochs."""

from __future__ import annotations

from concord_bridge.audit.accumulation import gradient_of_an_epoch
from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number, text

CLAIM = Claim(
    sentence="An epoch's optimiser steps use the gradients of that epoch's cases.",
    kind="protocol",
    source="mahmoodlab/PORPOISE@3390dc4, utils/core_utils.py, train_loop_survival",
    recorded="fails",
    meaning=(
        "The optimiser steps after every full group of cases and gradients are cleared nowhere else. "
        "Cases after the last full group count in the next epoch, and are lost after the last one. It is "
        "a property to reproduce rather than a fault that decides a result: 10 of 298 cases of a BLCA "
        "fold at 32 to a step."
    ),
    reads=("PORPOISE/utils/core_utils.py",),
    register=("D21",),
)

CASES, ACCUMULATE = 10, 4


def check(at: Checkouts) -> Finding:
    """Run the published loop on ten cases with four to a step; each case's gradient is a quarter."""
    left, seen = gradient_of_an_epoch(at.path(CLAIM.reads[0]), CASES, ACCUMULATE, outputs=1)
    return decide(
        left == 0,
        "nothing is left when the epoch ends",
        "the gradient of the last cases is left and goes into the next epoch's first step",
        number("cases", CASES),
        number("cases to a step", ACCUMULATE),
        text("gradient at each step", ", ".join(str(one) for one in seen)),
        number("gradient left at the end of the epoch", left),
    )
