"""Loss, optimiser and attention of the release."""

from __future__ import annotations

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table

CLAIM = Claim(
    sentence="Loss, optimiser and attention are those of SurvPath.",
    kind="code",
    source="HopkinsKwong/MCCSDG@48d5410 and mahmoodlab/SurvPath@3f73ddd",
    recorded="holds",
    meaning=(
        "What differs between the two repositories is the data, the module and the scripts, so a "
        "comparison of both is not one of losses or optimisers."
    ),
    reads=(
        "MCCSDG/utils/loss_func.py",
        "MCCSDG/custom_optims/radam.py",
        "MCCSDG/models/layers/cross_attention.py",
        "SurvPath/utils/loss_func.py",
        "SurvPath/custom_optims/radam.py",
        "SurvPath/models/layers/cross_attention.py",
    ),
)

FILES = ("utils/loss_func.py", "custom_optims/radam.py", "models/layers/cross_attention.py")


def check(at: Checkouts) -> Finding:
    """Compare the files, line endings aside."""
    rows = [
        (file, at.text(f"MCCSDG/{file}").split() == at.text(f"SurvPath/{file}").split()) for file in FILES
    ]
    return decide(
        all(same for _, same in rows),
        "the three files are the same",
        "a file differs",
        table("files of both", ("file", "same text"), rows),
    )
