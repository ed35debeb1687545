"""D27: the end of training."""

from __future__ import annotations

import ast
import builtins

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table, text
from concord_bridge.audit.source import function, tree_of

CLAIM = Claim(
    sentence="Training ends with its results.",
    kind="code",
    source="mahmoodlab/MMP@5878b84, src/training/trainer.py, line 152",
    recorded="fails",
    meaning=(
        "The last line closes a writer that nothing makes, so the results of the evaluation that precedes "
        "it are not returned. The weights are saved by then."
    ),
    reads=("MMP/src/training/trainer.py",),
    register=("D27",),
)


def check(at: Checkouts) -> Finding:
    """List names that the training function reads and neither it nor its file makes or imports."""
    tree = tree_of(at.path(CLAIM.reads[0]))
    train = function(tree, "train")
    stars = [
        one.module for one in ast.walk(tree) if isinstance(one, ast.ImportFrom) and one.names[0].name == "*"
    ]
    made = {one.id for one in ast.walk(train) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    made |= {one.arg for one in ast.walk(train) if isinstance(one, ast.arg)}
    made |= {
        name.asname or name.name.split(".")[0]
        for one in ast.walk(tree)
        if isinstance(one, ast.Import | ast.ImportFrom)
        for name in one.names
    }
    made |= {getattr(one, "name", "") for one in tree.body}
    made |= {
        target.id
        for one in tree.body
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name)
    }
    made |= set(dir(builtins))
    unknown = sorted(
        {(one.lineno, one.id) for one in ast.walk(train) if isinstance(one, ast.Name) and one.id not in made}
    )
    return decide(
        not unknown,
        "every name is known",
        "a name is not known",
        table("names that nothing makes", ("line", "name"), unknown),
        text("files imported whole", ", ".join(map(str, stars)) or "none"),
    )
