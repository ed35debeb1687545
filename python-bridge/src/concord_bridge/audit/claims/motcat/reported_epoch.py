"""D31: which epoch is reported."""

from __future__ import annotations

import ast

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number
from concord_bridge.audit.source import function, tree_of

CLAIM = Claim(
    sentence=("The reported validation C-index is of an epoch that was chosen without the validation cases."),
    kind="protocol",
    source="Innse/MOTCat@fe70abc, utils/core_utils.py, lines 206–253",
    recorded="fails",
    meaning=(
        "The reported figure is the best of all epochs on the cases on which the epoch is chosen, which "
        "is optimistic; last epochs, as MCAT reports them, are not. Comparing the two in one table "
        "favours the former. Many papers of the field do the same."
    ),
    reads=("MOTCat/utils/core_utils.py",),
    register=("D31",),
)

VALIDATED = [0.5, 0.9, 0.6, 0.7]


def check(at: Checkouts) -> Finding:
    """Run the lines of the loop that keep a C-index on given results, and read what is returned."""
    train = function(tree_of(at.path(CLAIM.reads[0])), "train")
    loop = next(node for node in ast.walk(train) if isinstance(node, ast.For))
    keeps = next(
        node for node in loop.body if isinstance(node, ast.If) and "c_index_val" in ast.dump(node.test)
    )
    keeps.body = [one for one in keeps.body if isinstance(one, ast.Assign) and "c_index" in ast.dump(one)]
    code = compile(ast.Module([keeps], []), "core_utils.py", "exec")
    values = {"max_c_index": 0.0, "epoch_max_c_index": 0}
    for epoch, result in enumerate(VALIDATED):
        values |= {"c_index_val": result, "epoch": epoch}
        exec(code, {}, values)
    made = next(
        node
        for node in ast.walk(train)
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "print_results"
    )
    reported = eval(compile(ast.Expression(made.value), "core_utils.py", "eval"), {}, values)["result"][0]
    return decide(
        reported != max(VALIDATED),
        "the last epoch is reported",
        "the best validation epoch is reported",
        number("best of the given results", max(VALIDATED)),
        number("last of them", VALIDATED[-1]),
        number("reported", reported),
    )
