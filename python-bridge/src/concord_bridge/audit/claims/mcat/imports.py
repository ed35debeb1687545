"""The co-attention file on a present PyTorch."""

from __future__ import annotations

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, fails, failure, holds
from concord_bridge.published.checkout import PublishedError

CLAIM = Claim(
    sentence="The co-attention model can be imported with a present PyTorch.",
    kind="code",
    source="mahmoodlab/MCAT@b9cca63, models/model_utils.py",
    recorded="fails",
    meaning=(
        "It imports a name that PyTorch has removed. With the PyTorch of its time it runs, and its "
        "successor is a drop-in; the arithmetic is not affected."
    ),
    reads=("MCAT/models/model_coattn.py",),
)


def check(at: Checkouts) -> Finding:
    """Import it."""
    try:
        at.load(CLAIM.reads[0])
    except PublishedError as error:
        assert error.__cause__ is not None
        return fails("the import raises", failure("the import", error.__cause__, at.root("MCAT")))
    return holds("the import works")
