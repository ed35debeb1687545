"""D31: which epoch is reported."""

from __future__ import annotations

import os
import tempfile
from contextlib import redirect_stdout
from io import StringIO
from types import SimpleNamespace

import torch

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number, text
from concord_bridge.audit.source import definition

CLAIM = Claim(
    sentence=("The reported validation C-index is of an epoch that was chosen without the validation cases."),
    kind="protocol",
    source="zylbuaa/PIBD@bd5bd94, utils/core_utils.py, lines 640–701",
    recorded="fails",
    meaning=(
        "The reported figure is the best of all epochs on the cases on which the epoch is chosen, which "
        "is optimistic; last epochs, as MCAT reports them, are not. Comparing the two in one table "
        "favours the former. Many papers of the field do the same."
    ),
    reads=("PIBD/utils/core_utils.py",),
    register=("D31",),
)

VALIDATED = [0.5, 0.9, 0.6, 0.7]


def check(at: Checkouts) -> Finding:
    """Run the published loop of epochs with validation results that are given."""
    # After the last epoch the loop evaluates the last weights and the best ones again.
    results = iter([*VALIDATED, VALIDATED[-1], max(VALIDATED)])
    step = definition(
        at.path(CLAIM.reads[0]),
        "_step",
        torch=torch,
        os=os,
        _extract_survival_metadata=lambda *_: None,
        _train_loop_survival=lambda *_: None,
        _summary=lambda *_: ({}, next(results), 0.0, 0.0, 0.0, 0.0, 0.0),
        _save_results=lambda *_: None,
    )
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(StringIO()):
        args = SimpleNamespace(
            max_epochs=len(VALIDATED),
            omics_format="pathways",
            dataset_factory=None,
            max_cindex=0.0,
            max_cindex_epoch=0,
            results_dir=folder,
        )
        _, (score, *_) = step(0, args, None, torch.nn.Linear(1, 1), None, None, None, StringIO())
    return decide(
        score != max(VALIDATED),
        "the last epoch is reported",
        "the best validation epoch is reported",
        text("C-index of each epoch", ", ".join(map(str, VALIDATED))),
        number("reported", score),
    )
