"""D18: a run of some of the folds."""

from __future__ import annotations

import os
import tempfile
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, fails, failure, holds, text
from concord_bridge.audit.source import definition

CLAIM = Claim(
    sentence="A run of some of the folds ends with its summary.",
    kind="code",
    source="mahmoodlab/SurvPath@3f73ddd, main.py, line 65",
    recorded="fails",
    meaning=(
        "The name of the summary's file uses a variable that is not there yet, so the run stops after the "
        "last fold, before its summary is written; the results of each fold are on the disk by then. A "
        "run of all folds is not affected."
    ),
    reads=("SurvPath/main.py",),
    register=("D18",),
)


def check(at: Checkouts) -> Finding:
    """Run the published main on stand-ins for data and training: all of two folds, then two of five."""
    outcomes = []
    for all_folds in (2, 5):
        with tempfile.TemporaryDirectory() as folder, redirect_stdout(StringIO()):
            main = definition(
                at.path(CLAIM.reads[0]),
                "main",
                # main.py starts its clock before it calls main; its end is taken after.
                start=0.0,
                os=os,
                np=np,
                pd=pd,
                _get_start_end=lambda _args: np.arange(0, 2),
                _train_val=lambda *_: ({}, (0.5, 0.5, 0.5, 0.5, 0.5, 0.5)),
                _save_pkl=lambda *_: None,
            )
            factory = SimpleNamespace(return_splits=lambda *_, **__: None)
            try:
                main(SimpleNamespace(k=all_folds, dataset_factory=factory, split_dir="", results_dir=folder))
                outcomes.append(text(f"2 of {all_folds} folds", ", ".join(os.listdir(Path(folder)))))
            except NameError as error:
                outcomes.append(failure(f"2 of {all_folds} folds", error, at.root("SurvPath")))
                return fails("a run of some folds stops at its end", *outcomes)
    return holds("both runs write a summary", *outcomes)
