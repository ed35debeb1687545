"""D5: the splits of the release."""

from __future__ import annotations

import pandas as pd

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table

CLAIM = Claim(
    sentence="The validation cases of the released splits are no training cases.",
    kind="data",
    source="HopkinsKwong/MCCSDG@48d5410, splits/cv/*/splits_0.csv",
    recorded="fails",
    meaning=(
        "In all four splits both columns are the same, so a validation figure of such a run is one of the "
        "training cases. For the cross-cancer figures of the paper this is no leak, as long as only "
        "target cohorts are read. Cases of the cohort are missing and others stand there several times, "
        "once for each slide."
    ),
    reads=(
        "MCCSDG/splits/cv/tcga_blca/splits_0.csv",
        "MCCSDG/splits/cv/tcga_br/splits_0.csv",
        "MCCSDG/splits/cv/tcga_hnsc/splits_0.csv",
        "MCCSDG/splits/cv/tcga_stad/splits_0.csv",
        "MCCSDG/datasets_csv/metadata/tcga_blca.csv",
        "MCCSDG/datasets_csv/metadata/tcga_br.csv",
        "MCCSDG/datasets_csv/metadata/tcga_hnsc.csv",
        "MCCSDG/datasets_csv/metadata/tcga_stad.csv",
    ),
    register=("D5",),
)

COHORTS = ("blca", "br", "hnsc", "stad")


def check(at: Checkouts) -> Finding:
    """Compare the columns train and val of each split, and both with the cohort's table."""
    rows = []
    for cohort in COHORTS:
        split = pd.read_csv(at.path(f"MCCSDG/splits/cv/tcga_{cohort}/splits_0.csv"))
        cases = set(pd.read_csv(at.path(f"MCCSDG/datasets_csv/metadata/tcga_{cohort}.csv"))["case_id"])
        train, val = split["train"].dropna(), split["val"].dropna()
        shared = len(set(train) & set(val))
        rows.append(
            (cohort, len(train), train.nunique(), val.nunique(), shared, len(cases - set(train) - set(val)))
        )
    columns = (
        "cohort",
        "rows",
        "training cases",
        "validation cases",
        "in both",
        "cases of the cohort in neither",
    )
    return decide(
        all(row[4] == 0 for row in rows),
        "no split shares a case",
        "in each split every validation case is a training case",
        table("splits", columns, rows),
    )
