"""D12: a metric that cannot be computed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table
from concord_bridge.audit.source import definition

CLAIM = Claim(
    sentence="A metric that could not be computed is told from one that is 0.",
    kind="code",
    source="mahmoodlab/SurvPath@3f73ddd, utils/core_utils.py, lines 557–582",
    recorded="fails",
    meaning=(
        "Every exception becomes the value 0, with a line on the screen. A mean over folds then holds "
        "zeros that no model earned; a 0 in a table of such scores is to be read as missing."
    ),
    reads=("SurvPath/utils/core_utils.py",),
    register=("D12",),
)

NAMES = ("C-index", "C-index with weights", "Brier score", "integrated Brier score", "AUC")


def check(at: Checkouts) -> Finding:
    """Let every score but the first raise, and look at what comes back."""

    def broken(*_args: Any, **_options: Any) -> None:
        raise ValueError("cannot be computed")

    months = pd.Series([1.0, 2.0])
    calculate = definition(
        at.path(CLAIM.reads[0]),
        "_calculate_metrics",
        np=np,
        Surv=SimpleNamespace(from_arrays=lambda **_: None),
        concordance_index_censored=lambda *_, **__: (0.5,),
        concordance_index_ipcw=broken,
        brier_score=broken,
        integrated_brier_score=broken,
        cumulative_dynamic_auc=broken,
    )
    loader = SimpleNamespace(dataset=SimpleNamespace(metadata={"survival_months_dss": months}))
    bins = SimpleNamespace(bins=(0, 1, 2, 3, 4))
    values = calculate(loader, bins, None, np.zeros(2), np.zeros(2), months, np.zeros((2, 4)))
    rows = [(name, float(value)) for name, value in zip(NAMES, values, strict=True)]
    return decide(
        all(value != 0 for _, value in rows[1:]),
        "a failed score is no 0",
        "each failed score is 0",
        table("what is returned", ("score", "value"), rows),
    )
