"""D4: the files that the training script imports."""

from __future__ import annotations

import ast

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table
from concord_bridge.audit.source import tree_of

CLAIM = Claim(
    sentence="The model files that the training code imports are in the repository.",
    kind="code",
    source="HopkinsKwong/MCCSDG@48d5410, utils/core_utils.py, lines 6–17",
    recorded="fails",
    meaning=(
        "The release does not start without files from elsewhere. Most of them are in the repository of "
        "SurvPath under these names; the one with MixStyle is in neither, so that comparison of the paper "
        "cannot be repeated from public files."
    ),
    reads=("MCCSDG/utils/core_utils.py", "SurvPath/models/model_SurvPath.py"),
    register=("D4",),
)


def check(at: Checkouts) -> Finding:
    """Look for the file of every `from models.… import …`."""
    imports = [
        (node.module, node.lineno)
        for node in ast.walk(tree_of(at.path(CLAIM.reads[0])))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("models.")
    ]
    rows, missing = [], 0
    for module, line in imports:
        file = f"{module.replace('.', '/')}.py"
        here = at.path(f"MCCSDG/{file}").exists()
        missing += not here
        rows.append((line, file, here, at.path(f"SurvPath/{file}").exists()))
    seen = table("imported model files", ("line", "file", "in MCCSDG", "in SurvPath"), rows)
    return decide(
        missing == 0,
        f"all {len(rows)} imported model files are there",
        f"{missing} of {len(rows)} imported model files are not there",
        seen,
    )
