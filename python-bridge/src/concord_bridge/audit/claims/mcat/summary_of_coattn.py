"""D20: the summary after training."""

from __future__ import annotations

import ast
from types import SimpleNamespace

import numpy as np
import pandas as pd
import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, fails, failure, holds, text
from concord_bridge.audit.source import definition, function, tree_of

CLAIM = Claim(
    sentence="After training in the mode coattn the validation summary is computed.",
    kind="code",
    source="mahmoodlab/MCAT@b9cca63, utils/core_utils.py, line 204",
    recorded="fails",
    meaning=(
        "The summary unpacks five fields, and the loader of this mode gives ten. Training is done and the "
        "weights are saved by then; the summary has to be made with the other function, which the "
        "repository also has."
    ),
    reads=("MCAT/utils/core_utils.py",),
    register=("D20",),
)


class Loader(list):  # type: ignore[type-arg]
    """One batch of the mode coattn: patches, six gene groups, label, time, censoring."""

    dataset = SimpleNamespace(slide_data=pd.DataFrame({"slide_id": ["one"]}))


def check(at: Checkouts) -> Finding:
    """Find which summary the training function calls, whatever the mode, and give it a batch of this one."""
    path = at.path(CLAIM.reads[0])
    called = [
        node.func.id
        for node in ast.walk(function(tree_of(path), "train"))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id.startswith("summary")
    ]
    if called != ["summary_survival"]:
        return holds("the summary depends on the mode", text("called", ", ".join(called)))
    summary = definition(path, "summary_survival", torch=torch, np=np)
    batch = (
        torch.zeros(1, 1),
        *(torch.zeros(1) for _ in range(6)),
        torch.zeros(1),
        torch.ones(1),
        torch.zeros(1),
    )
    try:
        summary(torch.nn.Identity(), Loader([batch]), 4)
    except ValueError as error:
        return fails("the summary cannot unpack the batch", failure("the summary", error, at.root("MCAT")))
    return holds("the summary takes the batch")
