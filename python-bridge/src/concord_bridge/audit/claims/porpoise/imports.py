"""The names that the training code imports."""

from __future__ import annotations

import ast

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table
from concord_bridge.audit.source import tree_of

CLAIM = Claim(
    sentence="The model classes that the training code imports exist.",
    kind="code",
    source="mahmoodlab/PORPOISE@3390dc4, utils/core_utils.py, line 16",
    recorded="fails",
    meaning=(
        "One of three imported classes is not in the file, so training stops at its first import. Taking "
        "the name out of the line is enough."
    ),
    reads=("PORPOISE/utils/core_utils.py", "PORPOISE/models/model_porpoise.py"),
)


def check(at: Checkouts) -> Finding:
    """Look up each name that is imported from the models."""
    rows = []
    for node in ast.walk(tree_of(at.path(CLAIM.reads[0]))):
        if not (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("models.")):
            continue
        file = at.path(f"PORPOISE/{node.module.replace('.', '/')}.py")
        defined = {getattr(part, "name", "") for part in tree_of(file).body}
        rows += [
            (node.lineno, node.module, one.name, one.name in defined) for one in node.names if one.name != "*"
        ]
    return decide(
        all(row[3] for row in rows),
        "all are there",
        "not all are there",
        table("imported classes", ("line", "module", "class", "there"), rows),
    )
