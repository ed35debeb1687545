"""D11: whose range scales the genes of a target cohort."""

from __future__ import annotations

import numpy as np

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table
from concord_bridge.audit.survival_tables import published_splits, survival_factory

CLAIM = Claim(
    sentence=(
        "Genes of a target cohort are scaled with the range of the source cohort, as validation genes are "
        "with that of training."
    ),
    kind="protocol",
    source=(
        "HopkinsKwong/MCCSDG@48d5410, test_specific.py, lines 136–141; datasets/dataset_survival.py, "
        "return_splits"
    ),
    recorded="fails",
    meaning=(
        "The test script makes the data of each target cohort anew, and with it a scaler fitted to that "
        "cohort. Target cases are seen together before one is predicted: transductive scaling. It uses no "
        "label, and it is a choice that many make; the text of a single-source method would lead a reader "
        "to expect the other one."
    ),
    reads=(
        "MCCSDG/test_specific.py",
        "MCCSDG/datasets/dataset_survival.py",
        "MCCSDG/datasets_csv/raw_rna_data/xena/blca/rna_clean.csv",
        "MCCSDG/datasets_csv/raw_rna_data/xena/stad/rna_clean.csv",
    ),
    register=("D11",),
    packages=("scikit-learn",),
)

RELEASED = "splits/cv/tcga_{}/splits_0.csv"


def check(at: Checkouts) -> Finding:
    """Make the data of two cohorts as the test script does, and look at the range of the genes of val."""
    rows = []
    for cohort in ("blca", "stad"):
        factory = survival_factory(at, "MCCSDG", cohort)
        _, val = published_splits(at, "MCCSDG", factory, RELEASED.format(cohort))
        raw = factory.all_modalities["rna"].loc[list(val.omics_data_dict["rna"]["temp_index"])].to_numpy()
        scaled = val.omics_data_dict["rna"].drop(columns="temp_index").to_numpy()
        rows.append((cohort, float(raw.min()), float(raw.max()), float(scaled.min()), float(scaled.max())))
    same = bool(np.allclose([row[3:] for row in rows], (-1, 1)))
    columns = ("target", "least gene", "largest gene", "scaled least", "scaled largest")
    return decide(
        not same,
        "the cohorts do not fill the range, so one scaler served both",
        "each target cohort fills −1 to 1 exactly: it was scaled with its own range",
        table("genes of the test cohorts, from the published class", columns, rows),
    )
