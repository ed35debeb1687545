"""D12: whose months set the times of the scores."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number, tensor
from concord_bridge.audit.source import definition

CLAIM = Claim(
    sentence="The times at which scores are computed come from the months of the chosen outcome.",
    kind="protocol",
    source="mahmoodlab/SurvPath@3f73ddd, utils/core_utils.py, line 535",
    recorded="fails",
    meaning=(
        "Months of disease-specific survival are used for every outcome. In these tables they equal the "
        "months of overall survival, so it matters for progression alone."
    ),
    reads=("SurvPath/utils/core_utils.py", "SurvPath/datasets_csv/metadata/tcga_blca.csv"),
    register=("D12",),
)


def check(at: Checkouts) -> Finding:
    """Give the published function PFI months that are ten times the DSS months."""
    given: dict[str, Any] = {}

    def spy(_train: object, _test: object, estimate: Any, times: Any) -> tuple[None, float]:
        given.update(times=times)
        return None, 0.0

    dss = pd.Series([1.0, 2.0, 3.0, 4.0])
    calculate = definition(
        at.path(CLAIM.reads[0]),
        "_calculate_metrics",
        np=np,
        Surv=SimpleNamespace(from_arrays=lambda **_: None),
        concordance_index_censored=lambda *_, **__: (0.5,),
        concordance_index_ipcw=lambda *_, **__: (0.5,),
        brier_score=spy,
        integrated_brier_score=lambda *_, **__: 0.0,
        cumulative_dynamic_auc=lambda *_, **__: (None, 0.0),
    )
    metadata = {"survival_months_dss": dss, "survival_months_pfi": 10 * dss}
    loader = SimpleNamespace(dataset=SimpleNamespace(metadata=metadata))
    bins = (0.0, 10.0, 20.0, 30.0, 41.0)
    calculate(loader, SimpleNamespace(bins=bins), None, np.zeros(4), np.zeros(4), 10 * dss, np.zeros((4, 4)))
    times = np.asarray(given["times"])
    same = pd.read_csv(at.path(CLAIM.reads[1]))
    gap = float((same["survival_months"] - same["survival_months_dss"]).abs().max())
    return decide(
        bool(times[-1] > 39),
        "the last time is one of the chosen outcome",
        "the last time is one of disease-specific survival",
        tensor("times, with PFI months of 10 to 40", times),
        number("largest gap of OS and DSS months in BLCA", gap),
    )
