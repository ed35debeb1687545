"""The five folds."""

from __future__ import annotations

import pandas as pd

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table

CLAIM = Claim(
    sentence=(
        "In each of the five folds no case is in training and validation, and each case is validated once."
    ),
    kind="data",
    source="mahmoodlab/SurvPath@3f73ddd, splits/5foldcv",
    recorded="holds",
    meaning="Figures of these folds are of held-out cases.",
    reads=(
        "SurvPath/splits/5foldcv/tcga_blca/splits_0.csv",
        "SurvPath/splits/5foldcv/tcga_blca/splits_1.csv",
        "SurvPath/splits/5foldcv/tcga_blca/splits_2.csv",
        "SurvPath/splits/5foldcv/tcga_blca/splits_3.csv",
        "SurvPath/splits/5foldcv/tcga_blca/splits_4.csv",
        "SurvPath/splits/5foldcv/tcga_brca/splits_0.csv",
        "SurvPath/splits/5foldcv/tcga_brca/splits_1.csv",
        "SurvPath/splits/5foldcv/tcga_brca/splits_2.csv",
        "SurvPath/splits/5foldcv/tcga_brca/splits_3.csv",
        "SurvPath/splits/5foldcv/tcga_brca/splits_4.csv",
        "SurvPath/splits/5foldcv/tcga_hnsc/splits_0.csv",
        "SurvPath/splits/5foldcv/tcga_hnsc/splits_1.csv",
        "SurvPath/splits/5foldcv/tcga_hnsc/splits_2.csv",
        "SurvPath/splits/5foldcv/tcga_hnsc/splits_3.csv",
        "SurvPath/splits/5foldcv/tcga_hnsc/splits_4.csv",
        "SurvPath/splits/5foldcv/tcga_stad/splits_0.csv",
        "SurvPath/splits/5foldcv/tcga_stad/splits_1.csv",
        "SurvPath/splits/5foldcv/tcga_stad/splits_2.csv",
        "SurvPath/splits/5foldcv/tcga_stad/splits_3.csv",
        "SurvPath/splits/5foldcv/tcga_stad/splits_4.csv",
    ),
)


def check(at: Checkouts) -> Finding:
    """Read every fold of four cohorts."""
    rows = []
    for cohort in ("blca", "brca", "hnsc", "stad"):
        seen: list[str] = []
        shared = 0
        for fold in range(5):
            split = pd.read_csv(at.path(f"SurvPath/splits/5foldcv/tcga_{cohort}/splits_{fold}.csv"))
            train, val = set(split["train"].dropna()), set(split["val"].dropna())
            shared += len(train & val)
            seen += sorted(val)
        rows.append((cohort, shared, len(seen), len(set(seen))))
    return decide(
        all(shared == 0 and cases == unique for _, shared, cases, unique in rows),
        "the folds are disjoint and cover each case once",
        "they are not",
        table("folds", ("cohort", "cases in both parts", "validated", "different cases validated"), rows),
    )
