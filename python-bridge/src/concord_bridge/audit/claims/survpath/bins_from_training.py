"""D10: which cases the time bins come from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table
from concord_bridge.audit.survival_tables import survival_factory

CLAIM = Claim(
    sentence="The edges of the time bins come from training cases alone.",
    kind="protocol",
    source="mahmoodlab/SurvPath@3f73ddd, datasets/dataset_survival.py, lines 252–261",
    recorded="fails",
    meaning=(
        "Edges are quartiles of the whole cohort, drawn before it is split, so validation cases move them "
        "a little. It is a mild leak: edges change by weeks, and the C-index does not use them."
    ),
    reads=(
        "SurvPath/datasets/dataset_survival.py",
        "SurvPath/datasets_csv/raw_rna_data/xena/blca/rna_clean.csv",
        "SurvPath/splits/5foldcv/tcga_blca/splits_0.csv",
        "SurvPath/splits/5foldcv/tcga_blca/splits_1.csv",
        "SurvPath/splits/5foldcv/tcga_blca/splits_2.csv",
        "SurvPath/splits/5foldcv/tcga_blca/splits_3.csv",
        "SurvPath/splits/5foldcv/tcga_blca/splits_4.csv",
    ),
    register=("D10",),
    packages=("scikit-learn",),
)


def check(at: Checkouts) -> Finding:
    """Compare the edges of the published factory with quartiles of the training cases of each fold."""
    factory = survival_factory(at, "SurvPath", "blca")
    events = factory.label_data[factory.label_data["censorship_dss"] < 1]
    rows = []
    for fold in range(5):
        train = pd.read_csv(at.path(f"SurvPath/splits/5foldcv/tcga_blca/splits_{fold}.csv"))["train"].dropna()
        months = events[events["case_id"].isin(train)]["survival_months_dss"]
        rows.append((fold, *(float(one) for one in np.quantile(months, (0.25, 0.5, 0.75)))))
    used = [float(one) for one in factory.bins[1:4]]
    return decide(
        all(np.allclose(row[1:], used) for row in rows),
        "the edges are those of the training cases",
        "the edges are those of the whole cohort, in every fold",
        table("edges that are used, in months", ("first", "second", "third"), [tuple(used)]),
        table("edges of training cases, in months", ("fold", "first", "second", "third"), rows),
    )
