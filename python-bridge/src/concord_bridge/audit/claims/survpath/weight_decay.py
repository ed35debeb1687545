"""The optimiser named adam."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from types import SimpleNamespace

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table

CLAIM = Claim(
    sentence="Each optimiser that can be chosen is one, and uses the weight decay that is given.",
    kind="code",
    source="mahmoodlab/SurvPath@3f73ddd, utils/core_utils.py, lines 96–105",
    recorded="fails",
    meaning=(
        "The choice adam leaves the decay out, and lamb makes an object of Python's syntax tree. The "
        "published scripts use radam, which gets the decay."
    ),
    reads=("SurvPath/utils/core_utils.py", "SurvPath/custom_optims/radam.py"),
)

CHOICES = ("adam", "sgd", "adamW", "radam", "lamb")


def check(at: Checkouts) -> Finding:
    """Make each one through the published function."""
    import ast

    from concord_bridge.audit.source import definition

    radam = at.load("SurvPath/custom_optims/radam.py").RAdam
    init = definition(
        at.path(CLAIM.reads[0]), "_init_optim", optim=torch.optim, RAdam=radam, Lambda=ast.Lambda
    )
    rows = []
    for choice in CHOICES:
        with redirect_stdout(StringIO()):
            try:
                made = init(SimpleNamespace(opt=choice, lr=1e-3, reg=1e-2), torch.nn.Linear(1, 1))
            except TypeError as error:
                rows.append((choice, "raises", str(error)[:60], False))
                continue
        decay = made.param_groups[0]["weight_decay"] if hasattr(made, "param_groups") else None
        rows.append((choice, type(made).__name__, "none" if decay is None else str(decay), decay == 1e-2))
    return decide(
        all(row[3] for row in rows),
        "each is an optimiser with the decay",
        "some are not",
        table("asked for a decay of 0.01", ("choice", "what is made", "decay", "as asked"), rows),
    )
