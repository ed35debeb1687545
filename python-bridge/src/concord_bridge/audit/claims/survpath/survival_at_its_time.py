"""D12: which survival a Brier score is given at a time."""

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
    sentence="The Brier score at a time is computed from the survival predicted for that time.",
    kind="protocol",
    source="mahmoodlab/SurvPath@3f73ddd, utils/core_utils.py, lines 535–579",
    recorded="fails",
    meaning=(
        "Column k of the predictions is survival at the end of bin k, and it is compared with outcomes at "
        "the start of that bin. Brier score, its integral and the AUC of these tables are shifted by one "
        "bin. The C-index does not use them."
    ),
    reads=("SurvPath/utils/core_utils.py",),
    register=("D12",),
)

EDGES = (0.0, 10.0, 20.0, 30.0, 40.0)


def check(at: Checkouts) -> Finding:
    """Put a spy in the place of the score; the columns say which time they are for."""
    given: dict[str, Any] = {}

    def spy(_train: object, _test: object, estimate: Any, times: Any) -> tuple[None, float]:
        given.update(estimate=estimate, times=times)
        return None, 0.0

    months = pd.Series([0.5, 15.0, 25.0, 39.0])
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
    ends_of_bins = np.tile(EDGES[1:], (4, 1))
    loader = SimpleNamespace(dataset=SimpleNamespace(metadata={"survival_months_dss": months}))
    calculate(loader, SimpleNamespace(bins=EDGES), None, np.zeros(4), np.zeros(4), months, ends_of_bins)
    rows = [(float(time), float(end)) for time, end in zip(given["times"], given["estimate"][0], strict=True)]
    return decide(
        all(abs(time - end) < 1 for time, end in rows),
        "each time is met by its own survival",
        "each time is met by the survival of the next edge",
        table("bins of ten months", ("score at month", "survival predicted for month"), rows),
    )
