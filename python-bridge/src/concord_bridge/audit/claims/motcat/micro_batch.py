"""D23: the micro batches of the commands."""

from __future__ import annotations

import ast

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number
from concord_bridge.audit.source import tree_of

CLAIM = Claim(
    sentence="The published commands train with the micro batches of 256 patches that they name.",
    kind="protocol",
    source=(
        "Innse/MOTCat@fe70abc, scripts/command.md; main.py, lines 101–103; utils/core_utils.py, line 213"
    ),
    recorded="fails",
    meaning=(
        "Since September 2024 the size counts only with a second option, which the commands do not give. "
        "As they stand they train on whole bags. The paper's runs came before that change."
    ),
    reads=("MOTCat/scripts/command.md", "MOTCat/utils/core_utils.py"),
    register=("D23",),
)


def check(at: Checkouts) -> Finding:
    """Count both options in the commands, and find where the size is read."""
    commands, core = at.text(CLAIM.reads[0]), tree_of(at.path(CLAIM.reads[1]))

    def reads(node: ast.AST, name: str) -> bool:
        return any(isinstance(one, ast.Attribute) and one.attr == name for one in ast.walk(node))

    guarded = [
        one
        for node in ast.walk(core)
        if isinstance(node, ast.If) and reads(node.test, "use_micro_batch")
        for part in node.body
        for one in ast.walk(part)
        if isinstance(one, ast.Attribute) and one.attr == "bs_micro"
    ]
    everywhere = [one for one in ast.walk(core) if isinstance(one, ast.Attribute) and one.attr == "bs_micro"]
    sized, switched = commands.count("--bs_micro"), commands.count("--use_micro_batch")
    return decide(
        switched == sized or len(everywhere) > len(guarded),
        "the size counts in the commands",
        "the size is read only with an option that the commands do not give",
        number("commands with --bs_micro", sized),
        number("commands with --use_micro_batch", switched),
        number("places of core_utils.py that read the size", len(everywhere)),
        number("of these under the option", len(guarded)),
    )
