"""D29: what the L1 penalty covers."""

from __future__ import annotations

import ast

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number
from concord_bridge.audit.source import function, tree_of

CLAIM = Claim(
    sentence="The L1 penalty of training covers every parameter.",
    kind="code",
    source="uta-smile/DeepAttnMISL@d7099ed, main.py, lines 216–221",
    recorded="fails",
    meaning=(
        "The second branch belongs to the loop and not to the condition, so that only the first and the "
        "last parameter are penalised in training, while the validation loss adds all of them. The "
        "coefficient is small; the two losses cannot be compared."
    ),
    reads=("DeepAttnMISL/main.py",),
    register=("D29",),
)


def check(at: Checkouts) -> Finding:
    """Run the published lines of both penalties on a model of five weights of 1."""
    model = torch.nn.ParameterList([torch.ones(1) for _ in range(5)])
    tree = tree_of(at.path(CLAIM.reads[0]))
    penalties = {}
    for name in ("train_epoch", "prediction"):
        loop = next(
            node
            for node in ast.walk(function(tree, name))
            if isinstance(node, ast.For)
            and "l1_reg" in ast.dump(node)
            and "parameters" in ast.dump(node.iter)
        )
        values = {"model": model, "torch": torch, "l1_reg": None}
        exec(compile(ast.Module([loop], []), "main.py", "exec"), values)
        penalties[name] = float(values["l1_reg"])
    return decide(
        penalties["train_epoch"] == 5,
        "all five weights are penalised",
        "two of five weights are penalised",
        number("penalty in training", penalties["train_epoch"]),
        number("penalty in validation", penalties["prediction"]),
    )
