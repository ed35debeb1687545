"""D4: the files that the training script imports."""

from __future__ import annotations

import ast
import sys

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
    """Run every `from models.… import …` where the script would run it."""
    imports = [
        node
        for node in ast.walk(tree_of(at.path(CLAIM.reads[0])))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("models.")
    ]
    rows, missing = [], 0
    sys.path.insert(0, str(at.root("MCCSDG")))
    for node in imports:
        said = _run(node)
        missing += said != ""
        file = f"{node.module}".replace(".", "/") + ".py"
        rows.append((node.lineno, file, said or "runs", at.path(f"SurvPath/{file}").exists()))
    seen = table("imported model files", ("line", "file", "its import", "in SurvPath"), rows)
    return decide(
        missing == 0,
        f"all {len(rows)} imported model files are there",
        f"{missing} of {len(rows)} imported model files are not there",
        seen,
    )


def _run(node: ast.ImportFrom) -> str:
    """What Python says if there is no such module; nothing if there is one, whatever that may lack."""
    try:
        exec(compile(ast.Module([node], []), CLAIM.reads[0], "exec"), {})
    except ModuleNotFoundError as error:
        return str(error) if error.name in (node.module, "models") else ""
    except Exception:  # the module is there, and breaks by itself, which is another claim's matter
        return ""
    return ""
