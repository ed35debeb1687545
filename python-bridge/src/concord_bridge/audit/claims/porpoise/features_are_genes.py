"""What the gene features hold."""

from __future__ import annotations

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, decide, table
from concord_bridge.audit.gene_tables import CASE_COLUMNS, gene_split

CLAIM = Claim(
    sentence="The gene features hold genes only.",
    kind="data",
    source="mahmoodlab/PORPOISE@3390dc4, datasets/dataset_survival.py, lines 110–122",
    recorded="holds",
    meaning="The class checks the names of its metadata, which mends what MCAT's class mistakes.",
    reads=(
        "PORPOISE/datasets/dataset_survival.py",
        "PORPOISE/datasets_csv_mutsig/tcga_blca_all_clean.csv.zip",
        "PORPOISE/datasets_csv_mutsig/tcga_stad_all_clean.csv.zip",
    ),
)


def check(at: Checkouts) -> Finding:
    """Make the gene features through the published class, and list columns that are no gene's."""
    rows = []
    for path in CLAIM.reads[1:]:
        split = gene_split(at, CLAIM.reads[0], path.partition("/")[2])
        strange = [name for name in split.genomic_features.columns if name in CASE_COLUMNS]
        rows.append(
            (path.rsplit("tcga_", 1)[1].split("_")[0], split.genomic_features.shape[1], ", ".join(strange))
        )
    return decide(
        not any(row[2] for row in rows),
        "every feature is a gene's",
        "a column of the case table is among the features",
        table("features", ("cohort", "features", "that are no gene's"), rows),
    )
