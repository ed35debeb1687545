"""Genes in the modalities with genes alone."""

from __future__ import annotations

import numpy as np

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, number
from concord_bridge.audit.survival_tables import published_splits, survival_factory

CLAIM = Claim(
    sentence="In the modalities with genes alone a case is given its own genes.",
    kind="data",
    source="mahmoodlab/SurvPath@3f73ddd, datasets/dataset_survival.py, lines 690–697",
    recorded="holds",
    meaning=(
        "Baselines of genes alone are not touched by the row order that misleads the multimodal loader."
    ),
    reads=(
        "SurvPath/datasets/dataset_survival.py",
        "SurvPath/datasets_csv/raw_rna_data/xena/blca/rna_clean.csv",
        "SurvPath/splits/5foldcv/tcga_blca/splits_0.csv",
    ),
    packages=("scikit-learn",),
)

CASES = 40


def check(at: Checkouts) -> Finding:
    """Ask the published dataset, in the modality omics, for its first cases, and compare with their rows."""
    factory = survival_factory(at, "SurvPath", "blca")
    _, dataset = published_splits(at, "SurvPath", factory, "splits/5foldcv/tcga_blca/splits_0.csv")
    dataset.modality = "omics"
    frame = dataset.omics_data_dict["rna"].set_index("temp_index")
    frame = frame.reindex(sorted(frame.columns), axis=1)
    own = 0
    cases = list(dataset.metadata["case_id"])[:CASES]
    for index, case in enumerate(cases):
        own += bool(np.array_equal(dataset[index][1].numpy(), frame.loc[case].to_numpy(dtype=np.float32)))
    return decide(
        own == len(cases),
        "every case comes with its own genes",
        "some cases do not",
        number("cases asked", len(cases)),
        number("cases with their own genes", own),
    )
