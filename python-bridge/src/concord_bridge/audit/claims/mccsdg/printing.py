"""D3: the module's text."""

from __future__ import annotations

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, fails, failure, holds, text

CLAIM = Claim(
    sentence="The module can be printed, as the training script does with the network before it trains.",
    kind="code",
    source=(
        "HopkinsKwong/MCCSDG@48d5410, models/model_SurvPath(MCCSDG).py, lines 48–55; utils/core_utils.py, "
        "_print_network"
    ),
    recorded="fails",
    meaning=(
        "The text uses an attribute that only set_mode sets. It is the first failure that a user of the "
        "release meets, and one line mends it; no number depends on it."
    ),
    reads=("MCCSDG/models/model_SurvPath(MCCSDG).py",),
    register=("D3",),
)


def check(at: Checkouts) -> Finding:
    """Print a module as it is made."""
    module = at.load(CLAIM.reads[0]).MCCSDG()
    try:
        said = repr(module)
    except AttributeError as error:
        return fails("printing raises", failure("repr", error, at.root("MCCSDG")))
    return holds("the module prints", text("repr", said))
